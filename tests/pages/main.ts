import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { Chromium, installChromium, type Tab, type View } from "./chromium.ts";
import { inspect } from "./inspect.ts";
import { makeSamples } from "./samples.ts";

/**
 * `deno task pages`: checks the guides and the records of runs in a real browser, light and dark,
 * on a phone and on a desktop. The pictures are in dist/pages.
 */

const views: Readonly<Record<string, View>> = {
  "phone-light": { scheme: "light", width: 390, height: 844 },
  "phone-dark": { scheme: "dark", width: 390, height: 844 },
  "small-phone": { scheme: "light", width: 320, height: 568 },
  "desk-light": { scheme: "light", width: 1280, height: 900 },
  "desk-dark": { scheme: "dark", width: 1280, height: 900 },
};

/** Views that a person should look at. */
const pictured = ["phone-dark", "desk-light"];
const pictures = new URL("../../dist/pages/", import.meta.url);

/** The checks must find everything that is wrong with a page made to fail all of them. */
async function checkTheChecks(tab: Tab, folder: string): Promise<void> {
  const file = `${folder}/bad.html`;
  Deno.writeTextFileSync(
    file,
    `<!doctype html><meta name="viewport" content="width=device-width"><title>bad</title>
<body style="background:#fff"><p style="color:#999">pale</p>
<div style="width:700px">wide</div><img src="http://127.0.0.1:9/picture.png">`,
  );
  const wrong = await inspect(tab, pathToFileURL(file).href, views["phone-light"], ["absent"]);
  const all = wrong.join("\n");
  for (
    const sign of [
      /asks for http:\/\/127\.0\.0\.1:9\/picture\.png/,
      /it is \d+ pixels wide/,
      /it does not show a picture/,
      /DIV {2}sticks out/,
      /"pale" has a contrast of 2\.8/,
      /does not show "absent"/,
    ]
  ) assert.match(all, sign);
}

async function main(): Promise<number> {
  await installChromium();
  const folder = await Deno.makeTempDir({ prefix: "pages-" });
  await Deno.mkdir(pictures, { recursive: true });
  const chromium = await Chromium.start();
  let tried = 0, failed = 0;
  try {
    const tab = await chromium.openTab();
    await checkTheChecks(tab, folder);
    for (const { name, file, texts } of await makeSamples(folder)) {
      for (const [viewName, view] of Object.entries(views)) {
        const wrong = await inspect(tab, pathToFileURL(file).href, view, texts);
        if (pictured.includes(viewName)) {
          const picture = `${name} ${viewName}.png`.replaceAll(" ", "-");
          await Deno.writeFile(new URL(picture, pictures), await tab.picture());
        }
        console.log(`${wrong.length === 0 ? "ok    " : "FAILED"} ${name}, ${viewName}`);
        for (const sentence of wrong) console.log(`       ${sentence}`);
        tried++;
        if (wrong.length > 0) failed++;
      }
    }
    tab.close();
  } finally {
    await chromium.stop();
    await Deno.remove(folder, { recursive: true });
  }
  console.log(`${tried - failed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

if (import.meta.main) Deno.exit(await main());
