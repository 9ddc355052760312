import { currentLanguage } from "../language/say.ts";
import { type Content, Html, markup } from "./html.ts";
import { plural, text, type Words } from "../../common/text.ts";

/** As the `lang` attribute names them (BCP 47). */
const pageLanguages = { en: "en", zh: "zh-CN" } as const;

/**
 * Returns a self-contained page: it loads nothing, and its content security policy forbids loading.
 * It follows the light or dark setting of the system, fits a phone, and can be printed.
 */
export function page(title: Words, style: string, body: Content): string {
  const page = markup`
    <!DOCTYPE html>
    <html lang="${pageLanguages[currentLanguage()]}">
      <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"
        >
        <title>${title}</title>
        <style>
        ${new Html(base + style)}
        </style>
      </head>
      <body>
        ${body}
      </body>
    </html>
  `;
  return page.text.trim() + "\n";
}

/** Returns a list of names and values; entries without a value are omitted. */
export function facts(rows: readonly (readonly [name: Words, value: Content])[]): Html {
  const known = rows.filter(([, value]) => value !== undefined && value !== "" && value !== false);
  return markup`
    <dl class="facts">${
    known.map(([name, value]) =>
      markup`
        <div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>
      `
    )
  }</dl>
  `;
}

/** `131,072 bytes` */
export function exactly(bytes: number): Words {
  const count = bytes.toLocaleString("en");
  return plural(bytes, text`${count} byte`, text`${count} bytes`);
}

/** Colours by meaning; each text colour has a contrast of at least 4.5 on its background. */
const base = `
:root {
  --ground: #f4f5f6; --paper: #ffffff; --ink: #1b1f24; --soft: #57606a; --line: #d5d9de;
  --good: #0c6334; --good-ground: #e0f3e7; --bad: #9f1d1a; --bad-ground: #fce7e6;
  --attention: #714600; --attention-ground: #fdf0d5; --accent: #0a57a4; --board: #dfe9e3;
  --signal: #ffb020; --signal-line: #8a4b00;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #121518; --paper: #1b1f24; --ink: #e9ecef; --soft: #a9b2bc; --line: #373e46;
    --good: #74d99f; --good-ground: #11301f; --bad: #ffa19a; --bad-ground: #3b1817;
    --attention: #f4cd74; --attention-ground: #33280e; --accent: #85bdf7; --board: #24332b;
    --signal: #ffb84d; --signal-line: #ffcb7d;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0 auto; padding: 1.25rem 1rem 3rem; max-width: 60rem;
  background: var(--ground); color: var(--ink);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "PingFang SC", "Microsoft YaHei",
    "Noto Sans CJK SC", "DejaVu Sans", sans-serif;
  overflow-wrap: anywhere;
}
h1 { font-size: 1.6rem; line-height: 1.2; margin: 0 0 .75rem; }
h2 { font-size: 1.1rem; line-height: 1.3; margin: 2rem 0 .6rem; }
h3 { font-size: 1rem; line-height: 1.35; margin: 0; }
p { margin: .4rem 0; }
code, .hash { font: .875rem/1.45 ui-monospace, "SF Mono", Consolas, "DejaVu Sans Mono", monospace; }
.soft { color: var(--soft); }
.kicker { color: var(--soft); font-size: .875rem; margin: 0 0 .2rem; }
.card {
  background: var(--paper); border: 1px solid var(--line); border-radius: .6rem;
  padding: .9rem 1rem; margin: 0 0 .75rem;
}
.banner { border-radius: .6rem; padding: .8rem 1rem; margin: 0 0 .75rem; }
.banner strong { display: block; }
.good { color: var(--good); background: var(--good-ground); }
.bad { color: var(--bad); background: var(--bad-ground); }
.attention { color: var(--attention); background: var(--attention-ground); }
.tag {
  display: inline-block; font-size: .8125rem; line-height: 1.3; padding: .1rem .5rem;
  border-radius: 1rem; white-space: nowrap;
}
.tag.plain { color: var(--soft); border: 1px solid var(--line); }
.facts { margin: 0; }
.facts div { display: grid; grid-template-columns: 11.5rem 1fr; gap: 0 .75rem; padding: .15rem 0; }
.facts dt { color: var(--soft); }
.facts dd { margin: 0; }
ul { margin: .3rem 0; padding-left: 1.2rem; }
footer { color: var(--soft); font-size: .875rem; margin-top: 2.5rem; }
@media (max-width: 34rem) {
  .facts div { grid-template-columns: 1fr; padding: .25rem 0; }
  .facts dt { font-size: .875rem; }
}
@media print {
  body { max-width: none; padding: 0; background: none; }
  .card, .banner, .step { break-inside: avoid; }
}
`;
