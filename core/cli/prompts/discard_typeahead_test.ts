import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { systemClock } from "../../common/clock.ts";
import { makePlainPrompts } from "./plain_prompts.ts";
import { makePrompts, type Prompts } from "./terminal_prompts.ts";
import { discardTypeahead } from "./discard_typeahead.ts";

const signal = new AbortController().signal;
const soon = () => systemClock.sleep(20);

/** Returns a terminal where only questions read keys. */
async function terminal(make: (streams: { input: PassThrough; output: PassThrough }) => Prompts) {
  const raw: boolean[] = [];
  const input = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: (isRaw: boolean) => raw.push(isRaw),
  });
  const output = Object.assign(new PassThrough(), { isTTY: true, columns: 80, rows: 24 });
  let printed = "";
  output.on("data", (bytes) => printed += bytes);
  let interrupts = 0;
  input.write("\r\ry");
  const keys = await discardTypeahead(
    { input, interrupt: () => interrupts++ },
    make({ input, output }),
    systemClock,
  );
  /** Waits until a question is on the screen: the first one loads a library, which may take long. */
  const shown = async (question: string) => {
    while (!printed.includes(question)) await soon();
    printed = "";
  };
  return { ...keys, input, raw, shown, interrupts: () => interrupts };
}

/** Returns true if a question is answered after a moment. */
async function isAnswered(question: Promise<unknown>): Promise<boolean> {
  return await Promise.race([question.then(() => true), soon().then(() => false)]);
}

Deno.test("a key pressed before the question does not answer it", async () => {
  const { prompts, input, shown, close } = await terminal(makePrompts);
  const first = prompts.keyPressed(signal);
  assert.equal(await isAnswered(first), false, "typed before the program listened");
  input.write("\r");
  assert.equal(await first, "enter");
  input.write("\r\ry\r");
  await soon();
  const second = prompts.keyPressed(signal, "r");
  assert.equal(await isAnswered(second), false, "typed between two questions");
  input.write("r");
  assert.equal(await second, "r");
  input.write("y");
  await soon();
  const consent = prompts.confirm("Write?", signal);
  await shown("Write?");
  assert.equal(await isAnswered(consent), false, "typed before the consent was asked for");
  input.write("\r");
  assert.equal(await consent, false);
  close();
});

Deno.test("a key counts from the moment when an action is on the screen, and not before", async () => {
  const { prompts, input, shown, close } = await terminal(makePrompts);
  input.write("\r");
  await soon();
  await prompts.discardTypeahead(); // the action is drawn now
  const tooEarly = prompts.keyPressed(signal);
  assert.equal(await isAnswered(tooEarly), false);
  input.write("\r");
  await tooEarly;
  await prompts.discardTypeahead();
  input.write("s"); // before anything reads
  await soon();
  assert.equal(await prompts.keyPressed(signal, "s"), "s");
  input.write("\r");
  await soon();
  assert.equal(await prompts.keyPressed(signal), "enter", "the action is still on the screen");
  input.write("y");
  await soon();
  const consent = prompts.confirm("Write?", signal);
  await shown("Write?");
  assert.equal(await isAnswered(consent), false, "a consent is never given by keys from before");
  input.write("\r");
  assert.equal(await consent, false);
  close();
});

Deno.test("a line typed before a plain question does not answer it", async () => {
  const { prompts, input, shown, close } = await terminal(makePlainPrompts);
  input.write("y\n");
  await soon();
  const consent = prompts.confirm("Write?", signal);
  await shown("Write?");
  assert.equal(await isAnswered(consent), false);
  input.write("no\n");
  assert.equal(await consent, false);
  close();
});

Deno.test("Ctrl-C interrupts if no question is open; otherwise it belongs to the question", async () => {
  const { prompts, input, close, interrupts } = await terminal(makePrompts);
  input.write("x\x03");
  await soon();
  assert.equal(interrupts(), 1);
  const asked = prompts.keyPressed(signal);
  await soon();
  input.write("\x03");
  await assert.rejects(asked, /Stopped by the user/);
  assert.equal(interrupts(), 1);
  close();
});

Deno.test("the terminal stays in raw mode until it is released", async () => {
  const { prompts, input, close, raw } = await terminal(makePrompts);
  assert.equal(raw.at(-1), true);
  const asked = prompts.keyPressed(signal);
  await soon();
  input.write("\r");
  await asked;
  assert.equal(raw.at(-1), true);
  close();
  assert.equal(raw.at(-1), false);
  assert.equal(input.listenerCount("data"), 0);
  assert.ok(input.isPaused());
});
