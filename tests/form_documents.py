"""PDF documents with form fields, made by program."""

from __future__ import annotations

COMB = 1 << 24


def widget(name: str, kind: str, rectangle: tuple[int, int, int, int], extra: str = "") -> str:
    """Return a field: its name, its kind (Tx, Btn, Sig or Ch), and its rectangle in points from the lower left."""
    sides = " ".join(map(str, rectangle))
    return f"<< /Type /Annot /Subtype /Widget /FT /{kind} /T ({name}) /Rect [{sides}] /P 3 0 R /F 4 {extra} >>"


def form_document(widgets: list[str], *, size: tuple[int, int] = (595, 842), rotate: int = 0) -> bytes:
    """Return a PDF document of one page with these fields."""
    numbers = " ".join(f"{5 + index} 0 R" for index in range(len(widgets)))
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [{numbers}] /DR << >> >> >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {size[0]} {size[1]}] /Rotate {rotate} /Contents 4 0 R "
        f"/Resources << >> /Annots [{numbers}] >>",
        "<< /Length 0 >>\nstream\n\nendstream",
        *widgets,
    ]
    out, offsets = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{content}\nendobj\n".encode("latin-1")
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    head = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
    tail = f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF\n"
    return out + (head + tail).encode()
