import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import { isKind } from "../../common/errors.ts";
import { setLanguage } from "../language/say.ts";
import { makePrompts } from "./terminal_prompts.ts";
import { text } from "../../common/text.ts";

/** Returns a terminal whose keys come from the test. */
function keyboard(...keys: string[]) {
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode() {} });
  const output = Object.assign(new PassThrough(), { isTTY: true, columns: 80, rows: 24 });
  let text = "";
  output.on("data", (bytes) => text += bytes);
  const press = async () => {
    for (const key of keys) {
      await new Promise((resolve) => setImmediate(resolve));
      input.write(key);
    }
  };
  return { prompts: makePrompts({ input, output }), press, screen: () => text };
}

const down = "\x1b[B", enter = "\r", ctrlC = "\x03";
const signal = new AbortController().signal;
const cancelled = (error: unknown) => isKind(error, "cancelled");

async function answer<T>(
  keys: string[],
  ask: (prompts: ReturnType<typeof makePrompts>) => Promise<T>,
): Promise<T> {
  const { prompts, press } = keyboard(...keys);
  const answered = ask(prompts);
  await press();
  return await answered;
}

Deno.test("confirm: Enter alone means no, y means yes, Ctrl-C cancels", async () => {
  assert.equal(await answer([enter], (prompts) => prompts.confirm("Write?", signal)), false);
  assert.equal(await answer(["y"], (prompts) => prompts.confirm("Write?", signal)), true);
  await assert.rejects(answer([ctrlC], (prompts) => prompts.confirm("Write?", signal)), cancelled);
});

Deno.test("select: arrows choose", async () => {
  const choices = [{ value: 10, label: "one" }, { value: 20, label: "two" }];
  const select = (prompts: ReturnType<typeof makePrompts>) =>
    prompts.select("Which?", choices, signal);
  assert.equal(await answer([enter], select), 10);
  assert.equal(await answer([down, enter], select), 20);
  await assert.rejects(answer([ctrlC], select), cancelled);
});

Deno.test("search: a name without a match is reported, and can be changed", async () => {
  const choices = [{ value: 10, label: "one" }, { value: 20, label: "two" }];
  const { prompts, press, screen } = keyboard(
    ..."owx",
    enter,
    "\x7f",
    "\x7f",
    "\x7f",
    ..."tw",
    enter,
  );
  const chosen = prompts.search("Which?", choices, signal);
  await press();
  assert.equal(await chosen, 20);
  assert.match(screen(), /No camera matches/);
});

Deno.test("a long question is broken at words, beside its line", async () => {
  const question = "Burn the fuse: this can never be undone, and is needed once in a life.";
  for (const long of [false, true]) {
    const { prompts, press, screen } = keyboard(enter);
    const asked = long
      ? prompts.typeWord(question, "BURN", signal)
      : prompts.confirm(`${question} ${question}`, signal);
    await press();
    assert.equal(await asked, false);
    const lines = stripVTControlCharacters(screen()).split("\n").filter((line) => line.trim());
    assert.ok(lines.length > 3, screen());
    for (const line of lines) assert.match(line, /^.{1,80}$/);
    for (const line of lines) assert.match(line, /^\S($| {2}\S)/u);
  }
});

Deno.test("a word must be typed completely; Enter alone means no", async () => {
  const type = (prompts: ReturnType<typeof makePrompts>) =>
    prompts.typeWord("Burn the fuse?", "BURN", signal);
  assert.equal(await answer([..."BURN", enter], type), true);
  assert.equal(await answer([enter], type), false);
  assert.equal(await answer([..."BUR", enter, "N", enter], type), true);
});

Deno.test("a prompt ends when its signal aborts", async () => {
  const stop = new AbortController();
  const { prompts } = keyboard();
  const asked = prompts.confirm("Write?", stop.signal);
  stop.abort();
  await assert.rejects(asked, cancelled);
});

Deno.test("in Chinese, the library's own texts are Chinese, too", async () => {
  await setLanguage("zh");
  try {
    const { prompts, press, screen } = keyboard(enter);
    const choices = [{ label: text`Stopped by the user.`, value: 1 }, { label: "Two", value: 2 }];
    const chosen = prompts.search(
      text`Which of these cameras do you want to work on?`,
      choices,
      signal,
    );
    await press();
    assert.equal(await chosen, 1);
    assert.match(screen(), /是哪台相机？[^]*搜索：[^]*已由用户停止。[^]*确认/);
    assert.doesNotMatch(screen(), /Search:|to select|confirm|to search/);
    const other = keyboard(enter);
    const selected = other.prompts.select(
      text`Which of these cameras do you want to work on?`,
      choices,
      signal,
    );
    await other.press();
    assert.equal(await selected, 1);
    assert.doesNotMatch(other.screen(), /to navigate|confirm/);
  } finally {
    await setLanguage("en");
  }
});
