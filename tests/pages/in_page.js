/* Functions that run inside the page: plain JavaScript for the browser, sent there as text. */

/** Runs in the page: elements that begin or end outside the view. */
export function sticksOut(width) {
  return [...document.body.querySelectorAll("*")].flatMap((element) => {
    const { left, right } = element.getBoundingClientRect();
    if (left >= -1 && right <= width + 1) return [];
    return [`${element.tagName} ${element.getAttribute("class") ?? ""} sticks out to ${right}`];
  });
}

/** Runs in the page: texts with less contrast to what lies under them than WCAG 2 AA asks for (4.5). */
export function lowContrast() {
  const parse = (colour) => (colour.match(/[\d.]+/g) ?? []).map(Number);
  const channel = (value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  };
  const luminance = ([red, green, blue]) =>
    0.2126 * channel(red) + 0.7152 * channel(green) + 0.0722 * channel(blue);
  const isOpaque = (colour) => colour.length === 3 || colour[3] === 1;
  const isShape = (element) => element instanceof SVGElement && element.tagName !== "svg";
  const wrong = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement;
    if (!node.textContent.trim()) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const box = range.getClientRects()[0] ?? parent.getBoundingClientRect();
    if (!box || box.width === 0) continue;
    const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
    const under = document.elementsFromPoint(x, y).filter((element) => element.tagName !== "text");
    const grounds = [...under, document.body, document.documentElement].map((element) => {
      const style = getComputedStyle(element);
      return parse(isShape(element) ? style.fill : style.backgroundColor);
    });
    const ground = grounds.find((colour) => colour.length >= 3 && isOpaque(colour)) ??
      [255, 255, 255];
    const style = getComputedStyle(parent);
    const ink = parse(parent.tagName === "text" ? style.fill : style.color);
    const [low, high] = [luminance(ink), luminance(ground)].sort((one, other) => one - other);
    const ratio = (high + 0.05) / (low + 0.05);
    if (ratio < 4.5) {
      wrong.push(`"${node.textContent.trim()}" has a contrast of ${ratio.toFixed(1)}`);
    }
  }
  return wrong;
}
