"""捐赠凭证: page, picture and PDF for the giver, and a public page behind its code."""
