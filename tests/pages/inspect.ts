import type { Tab, View } from "./chromium.ts";
import { lowContrast, sticksOut } from "./in_page.js";

/** Returns what is wrong with a page in a view, one sentence for each defect. */
export async function inspect(
  tab: Tab,
  url: string,
  view: View,
  texts: readonly string[],
): Promise<string[]> {
  await tab.visit(url, view);
  await tab.unroll(view.width);
  const loaded = tab.requests.filter((request) => request !== url && !request.startsWith("data:"));
  const wrong = [
    ...loaded.map((request) => `it asks for ${request}`),
    ...tab.complaints.map((text) => `the browser complains: ${text}`),
  ];
  const lost = await tab.evaluate<number>(
    "[...document.images].filter((image) => image.naturalWidth === 0).length",
  );
  if (lost > 0) wrong.push("it does not show a picture");
  const width = await tab.evaluate<number>("document.documentElement.scrollWidth");
  if (width > view.width) wrong.push(`it is ${width} pixels wide`);
  wrong.push(...await tab.evaluate<string[]>(`(${sticksOut})(${view.width})`));
  wrong.push(...await tab.evaluate<string[]>(`(${lowContrast})()`));
  const shown = await tab.evaluate<string>("document.body.innerText.replaceAll(/\\s+/g, ' ')");
  const missing = texts.filter((text) => !shown.includes(text.replaceAll(/\s+/g, " ")));
  return [...wrong, ...missing.map((text) => `it does not show "${text}"`)];
}
