"""A village on a phone: it opens its page, gets its poster, and a stranger scans it from a wall."""

import io

import pypdfium2
import zxingcpp
from PIL import Image
from playwright.sync_api import expect

from tests.browser.conftest import NewVisitor, WorldSite
from tests.browser.people import heading, shows
from tests.support.chromium import PHONE
from tests.web.world_homeland import AGREED


def scanned(picture: Image.Image) -> str:
    """What a camera reads from a picture."""
    (found,) = zxingcpp.read_barcodes(picture.convert("RGB"))
    text: str = found.text
    return text


def test_a_village_prints_its_poster_and_the_code_leads_back(
    world_site: WorldSite, new_visitor: NewVisitor
) -> None:
    """Read from a screenshot of the page, and from the sheet that goes to the printer."""
    page = new_visitor(world_site.base_url, size=PHONE)
    page.goto(f"/regions/{AGREED}")
    shows(page, "到账", "用出", "还剩", "全凭自愿")
    page.get_by_role("link", name="海报和二维码").click()
    heading(page, "第5村的海报")
    poster = page.locator("img.sheet")
    poster.scroll_into_view_if_needed()
    expect(poster).not_to_have_js_property("naturalWidth", 0)
    address = f"{world_site.base_url}/regions/{AGREED}"
    assert scanned(Image.open(io.BytesIO(page.screenshot(full_page=True)))) == address
    link = page.get_by_role("link", name="打印（A4 纸，PDF）").get_attribute("href")
    document = pypdfium2.PdfDocument(page.request.get(link or "").body())
    assert scanned(document[0].render(scale=1.5).to_pil()) == address
    document.close()
    stranger = new_visitor(world_site.base_url, size=PHONE)
    stranger.goto(address)
    shows(stranger, "第5村经济合作社认领", "想先把村口的路灯装上")
