import assert from "node:assert/strict";
import { chinese } from "./chinese/mod.ts";
import { english } from "./english/mod.ts";
import { Template } from "./template.ts";
import { Translator } from "./translate.ts";

const translator = new Translator(chinese);

Deno.test("every English sentence has a translation, with the same holes", () => {
  assert.deepEqual(english.filter((text) => !chinese[text]), []);
  const known = new Set(english);
  assert.deepEqual(Object.keys(chinese).filter((text) => !known.has(text)), []);
});

Deno.test("every sentence that is filled in finds its own translation", () => {
  const lost: string[] = [];
  for (const text of english.filter((text) => /\{#?\d/.test(text))) {
    const template = new Template(text, chinese[text]);
    const fillings = Array.from(
      { length: template.holes },
      (_, at) => text.includes(`{#${at + 1}}`) ? String(12 + at) : `X${at}`,
    );
    const filled = text.replaceAll(/\{#?(\d+)\}/g, (_, number) => fillings[number - 1]);
    const wanted = template.fill(fillings);
    const told = translator.translate(filled);
    if (told !== wanted) lost.push(`${filled}\n  is told as ${told}\n  instead of  ${wanted}`);
  }
  assert.deepEqual(lost, []);
});

Deno.test("sentences in a row, in holes and in lists are all translated", () => {
  const cases = {
    "Stopped by the user. Nothing was written.": "已由用户停止。没有写入任何内容。",
    "Waiting for the Giga in its DFU bootloader (at most 2 min 5 s).":
      "等待处于 DFU 引导程序的 Giga（最多 2 分 5 秒）。",
    "Write the firmware: not needed. The chip is not protected.":
      "写入固件：不需要。芯片未受保护。",
    "3072 bytes of 40 KiB": "3072 字节 / 40 KiB",
    "  Stopped by the user.\n": "  已由用户停止。\n",
    "USB bus: Something nobody wrote down.": "USB 总线：Something nobody wrote down.",
    "openmv-h7 restore, openmv-h7 flash": "openmv-h7 restore, openmv-h7 flash",
    'There is no board "x". There are: one, two, three, four, five, six, seven, eight, nine.':
      "没有板子“x”。可用：one, two, three, four, five, six, seven, eight, nine。",
    'There is no board "restore". There are: flash.': "没有板子“restore”。可用：flash。",
  };
  for (const [text, wanted] of Object.entries(cases)) {
    assert.equal(translator.translate(text), wanted);
  }
});

Deno.test("what nobody translated stays as it is", () => {
  for (const text of ["", " ", "0x08000000", "firmware_v5.zip", "Something nobody wrote down."]) {
    assert.equal(translator.translate(text), text);
  }
});

Deno.test("a redrawn screen costs little: a waiting line with its countdown", () => {
  for (let left = 200; left > 0; left--) {
    const said = translator.translate(
      `Waiting for the OpenMV Cam H7 in its ROM bootloader ... ${left} s left`,
    );
    assert.equal(said, `等待处于 ROM 引导程序的 OpenMV Cam H7 ... 剩余 ${left} 秒`);
  }
});
