"""Pages of needs: ordering, the public list, one need with its clock, and the community's acts."""
