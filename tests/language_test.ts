import assert from "node:assert/strict";
import { families } from "./support/boards/families.ts";
import { columnsOf } from "../core/cli/terminal/columns.ts";
import { say, setLanguage } from "../core/cli/language/say.ts";
import { type Ran, ran, type Surroundings } from "./support/cli/command_rig.ts";
import { bundledSet } from "../core/image/pack.ts";
import { MemoryBus } from "../core/transport/usb/memory.ts";
import { VirtualBus } from "../core/transport/usb/virtual_bus.ts";
import { systemClock } from "../core/common/clock.ts";
import { text } from "../core/common/text.ts";

/**
 * Tests what people read with `--lang zh` on every screen of every command, and what must stay
 * English.
 */

const samples = new URL("../images/", import.meta.url);
const context: Surroundings["context"] = {
  bundledImages: () => bundledSet((path) => Deno.readFileSync(new URL(path, samples))),
};

async function inChinese(line: string, more: Surroundings = {}): Promise<Ran> {
  const { context: others, ...rest } = more;
  return await ran(`--lang zh ${line}`, { families, context: { ...context, ...others }, ...rest });
}

/** Names and words that a person types, which stay as they are. */
const terms = new Set(
  ("unbrick OpenMV OPENMV Cam Pure Thermal Arduino Portenta Giga Nicla Vision Nano Sense BLE Connect " +
    "Secure Enclave Alif Alif's Ensemble SE Tools ROM RAM ST USB DFU FCB TOC IVT HID IDE Shield " +
    "restore flash verify read images boards devices doctor guide plan station licenses help " +
    "sudo sha or FOLDER OPTIONS COMMAND BOARD FILE SET PATH JOB SESSION export import list kill " +
    "List All Devices Install Driver Replace WinUSB Options udevadm control trigger reload usermod " +
    "Raspberry Pi README Simplified NO_COLOR Jan xtal openmv arduino toc from printed").split(" "),
);

/** Three or more English words in a row that are not a name. */
function englishIn(line: string): string | undefined {
  for (const [run] of line.matchAll(/[A-Za-z][A-Za-z'-]*(?:,? [A-Za-z][A-Za-z'-]*){2,}/g)) {
    let unknown: string[] = [];
    for (const word of run.split(/,? /)) {
      unknown = terms.has(word) || /^[A-Z]{2,}$|-/.test(word) ? [] : [...unknown, word];
      if (unknown.length >= 3) return run;
    }
  }
}

/** Returns the lines as a terminal shows them. */
function shown(text: string): string[] {
  // deno-lint-ignore no-control-regex -- escape sequences
  return text.replaceAll(/\x1b\[[?\d;]*[A-Za-z]/g, "").split(/[\r\n]+/);
}

function assertChinese({ out, error }: Ran, line: string, columns = 80): void {
  const lines = shown(out + error);
  const english = lines.flatMap((text) => englishIn(text) ? [text] : []);
  assert.deepEqual(english, [], `${line}: English`);
  // Lines that a person types or copies are not broken.
  const wide = lines.filter((text) => columnsOf(text) > columns && !/^\s+[\x20-\x7e]*$/.test(text));
  assert.deepEqual(wide, [], `${line}: wider than ${columns} columns`);
  assert.match(out + error, /\p{Script=Han}/u);
}

const boards = families.flatMap((family) => family.boards);

for (const job of ["restore", "flash", "verify"] as const) {
  Deno.test(`${job} of every board, in a pipe`, async () => {
    for (const { id, jobs } of boards) {
      if (jobs[job] !== true) continue;
      const line = `${job} ${id} --simulate --fast --yes`;
      const result = await inChinese(line);
      assertChinese(result, line);
    }
  });
}

Deno.test("restore at a terminal", async () => {
  const console = { isTerminal: true, unicode: true };
  for (const board of ["h7", "n6", "rt1062", "ae3"]) {
    const line = `restore ${board} --simulate --fast --yes`;
    assertChinese(await inChinese(line, { console }), line);
  }
});

Deno.test("guide, plan and help of all boards and commands", async () => {
  for (const { id, jobs } of boards) {
    const lines = [`guide ${id}`];
    if (jobs.restore === true) lines.push(`plan restore ${id}`);
    if (jobs.flash === true) lines.push(`plan flash ${id}`);
    // In every language, the rows of a plan are not broken.
    for (const line of lines) {
      assertChinese(await inChinese(line), line, line.startsWith("plan") ? 120 : 80);
    }
  }
  const commands = "restore flash verify read devices boards doctor guide plan images station";
  for (const name of ["", ...commands.split(" ")]) {
    assertChinese(await inChinese(`${name} --help`), `${name} --help`);
  }
});

Deno.test("lists, the doctor and a bus without devices", async () => {
  const bus = () => new MemoryBus(new VirtualBus(), systemClock);
  for (const line of ["boards", "images list", "devices"]) {
    // The table of boards is wider in every language.
    assertChinese(await inChinese(line, { bus: bus() }), line, line === "boards" ? 100 : 80);
  }
  assertChinese(await inChinese("doctor", { bus: bus() }), "doctor");
});

Deno.test("errors say in Chinese what is wrong and what to do", async () => {
  const lines = [
    "restor",
    "restore h8",
    "restore h7 --condition dead",
    "--timeout soon devices",
    "read h7 -o there.bin --address 0x08000000",
    "restore giga",
    "restore h7 --image firmware.bin=nothing --simulate --fast --yes",
    "restore h7 --simulate --fast",
    "restore h7 --images nowhere.zip --simulate --fast --yes",
    "guide nothing",
    "plan dance h7",
  ];
  for (const line of lines) {
    const result = await inChinese(line);
    assert.notEqual(result.code, 0, line);
    assertChinese(result, line);
  }
});

Deno.test("a path is data and stays unchanged", async () => {
  const path = "/nonexist/board and port/x.bin";
  const line = ["--lang", "zh", "read", "h7", "--simulate", "--fast", "--yes", "-o", path];
  const { error, code } = await ran(line, { families, context });
  assert.equal(code, 3);
  assert.ok(error.includes(`${path} 无法写入`), error);
});

Deno.test("a wrong language is a usage error that names the languages", async () => {
  const result = await ran("--lang fr boards", { families, context });
  assert.equal(result.code, 2);
  assert.match(result.error, /There is no language "fr"\. Available: en, zh\./);
});

Deno.test("the locale chooses the language; what scripts read stays English", async () => {
  const languages = (locale?: string, system?: string) => ({
    languageSources: () => ({ locale, system }),
  });
  const said = async (line: string, others: Surroundings["context"]) =>
    (await ran(line, { families, context: { ...context, ...others } })).out;
  assert.match(await said("guide h7", languages("zh_CN.UTF-8")), /引脚/);
  assert.match(await said("guide h7", languages("zh_TW.UTF-8")), /引脚/);
  assert.match(await said("guide h7", languages(undefined, "zh-CN")), /引脚/);
  assert.match(await said("guide h7 --lang en", languages("zh_CN.UTF-8")), /pins/);
  for (const locale of ["C", "POSIX", "en_US.UTF-8", "zh_CN.GB2312", "de_DE.UTF-8"]) {
    assert.doesNotMatch(await said("guide h7", languages(locale)), /[^\n -~]/, locale);
  }
  assert.doesNotMatch(await said("guide h7", languages(undefined, "en-US")), /\p{Script=Han}/u);
  const line = "restore h7 --simulate --fast --yes --json";
  assert.doesNotMatch(await said(line, languages("zh_CN.UTF-8")), /\p{Script=Han}/u);
  assert.doesNotMatch(await said("dfu-util --help", languages("zh_CN.UTF-8")), /\p{Script=Han}/u);
});

Deno.test("the record of a run: a Chinese page, English JSON", async () => {
  const folder = Deno.makeTempDirSync();
  try {
    for (const name of ["page.html", "record.json"]) {
      await inChinese(`restore h7 --simulate --fast --yes --report ${folder}/${name}`);
    }
    for (const { id } of boards) await inChinese(`guide ${id} --html ${folder}/${id}.html`);
    for (const name of ["page", ...boards.map(({ id }) => id)]) {
      const page = Deno.readTextFileSync(`${folder}/${name}.html`);
      assert.match(page, /<html lang="zh-CN">/);
      const body = page.slice(page.indexOf("<body"))
        .replaceAll(/<(style|code)[^]*?<\/\1>/g, "").replaceAll(/<[^>]*>/g, "\n");
      const english = body.split("\n").map((line) => line.trim()).filter(englishIn);
      assert.deepEqual(english, [], name);
    }
    assert.match(Deno.readTextFileSync(`${folder}/page.html`), /时间线/);
    const record = Deno.readTextFileSync(`${folder}/record.json`);
    assert.doesNotMatch(record, /\p{Script=Han}/u);
    assert.match(Deno.readTextFileSync(`${folder}/openmv-n6.html`), /跳线/);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("after a Chinese run, English is English again", async () => {
  await inChinese("boards");
  await ran("boards", { families, context });
  assert.equal(say(text`Stopped by the user.`), "Stopped by the user.");
  await setLanguage("en");
});
