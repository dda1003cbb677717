extension HandbookHTML {
  /// Shows only models in which every word occurs, whatever accents they were typed with. Neither `<` nor `&` stand in
  /// it: the page is XML as well.
  static let script = """
    "use strict";
    const fold = (text) => text.normalize("NFD").replace(/[\\u0300-\\u036f]/g, "").replace(/[đĐð]/g, "d").toLowerCase();
    const models = Array.from(document.querySelectorAll("article")).map((item) => ({item, text: fold(item.textContent)}));
    const words = document.getElementById("words");
    words.addEventListener("input", () => {
      const asked = fold(words.value).split(/\\s+/);
      let found = 0;
      for (const model of models) {
        model.item.hidden = !asked.every((word) => model.text.includes(word));
        found += model.item.hidden ? 0 : 1;
      }
      for (const section of document.querySelectorAll("section")) {
        section.hidden = section.querySelector("article:not([hidden])") === null;
      }
      document.getElementById("found").value = found + " / " + models.length;
    });
    document.getElementById("search").hidden = false;
    """

  static let style = """
    :root { color-scheme: light; }
    body { font: 15px/1.5 "Be Vietnam Pro", "Noto Sans", "DejaVu Sans", Arial, sans-serif; color: #1c2430;
      max-width: 960px; margin: 0 auto; padding: 28px 24px 60px; }
    h1 { font-size: 26px; line-height: 1.25; margin: 0 0 14px; color: #8c1c13; }
    h2 { font-size: 19px; margin: 34px 0 10px; color: #12324f; border-bottom: 2px solid #d5dee8; padding-bottom: 5px; }
    h3 { font-size: 17px; line-height: 1.3; margin: 0 0 8px; color: #12324f; }
    a { color: #1a4f8b; } dt { color: #5a6878; } dd { margin: 0; overflow-wrap: anywhere; }
    .facts { display: grid; grid-template-columns: max-content 1fr; gap: 2px 16px; margin: 0; font-size: 14px; }
    .items { margin: 12px 0 0; } .items dt { font-weight: 600; color: #44546a; margin-top: 6px; }
    .search { margin: 20px 0 0; } .search label { display: block; color: #5a6878; font-size: 14px; }
    .search input { font: inherit; width: 60%; padding: 6px 10px; border: 1px solid #9fb1c4; border-radius: 6px; }
    nav { margin: 16px 0 0; } nav ul { margin: 4px 0 8px; columns: 2; } nav li { break-inside: avoid; }
    article { border: 1px solid #d5dee8; border-radius: 8px; padding: 14px 18px; margin: 12px 0; overflow: hidden; }
    article:target { border-color: #8c1c13; box-shadow: 0 0 0 2px #8c1c13; }
    article[hidden], section[hidden], p[hidden] { display: none; }
    .code { float: right; width: 112px; margin: -4px -8px 4px 12px; } .qr { display: block; width: 100%; height: auto; }
    @media print {
      body { max-width: none; padding: 0; font-size: 10.5pt; } .search { display: none; }
      article { break-inside: avoid; box-shadow: none; } h2 { break-after: avoid; }
      @page { size: A4; margin: 14mm; }
    }
    """
}
