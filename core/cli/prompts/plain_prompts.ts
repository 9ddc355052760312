import process from "node:process";
import { builtin } from "../../common/builtin.ts";
import type { Readable, Writable } from "node:stream";
import { abortError } from "../../common/clock.ts";
import { UnbrickError } from "../../common/errors.ts";
import { say } from "../language/say.ts";
import { keyPressed, type Prompts } from "./terminal_prompts.ts";
import { text, type Words } from "../../common/text.ts";

/**
 * Prompts for a screen reader: choices are a numbered list, answers are lines, and nothing is
 * redrawn.
 */

interface Streams {
  readonly input: Readable;
  readonly output: Writable;
}

/** The process makes its streams when they are first used, which takes milliseconds. */
const ofProcess: Streams = {
  get input() {
    return process.stdin;
  },
  get output() {
    return process.stdout;
  },
};

/**
 * @param streams for tests; default: those of the process
 */
export function makePlainPrompts(streams: Streams = ofProcess): Prompts {
  const print = (text: Words) => streams.output.write(say(text) + "\n");

  /** Asks until `read` returns a value for the line. */
  async function ask<T>(signal: AbortSignal, read: (line: string) => T | undefined): Promise<T> {
    while (true) {
      const answer = read((await nextLine(streams, signal)).trim());
      if (answer !== undefined) return answer;
    }
  }

  const select: Prompts["select"] = (question, choices, signal) => {
    print(question);
    choices.forEach(({ label, hint }, at) => {
      streams.output.write(
        `${at + 1}. ${say(label).replace(/ {2,}/, ", ")}${hint ? `, ${say(hint)}` : ""}.\n`,
      );
    });
    const instruction = text`Type a number from 1 to ${choices.length} and press Enter.`;
    print(instruction);
    return ask(signal, (line) => {
      const chosen = /^\d+$/.test(line) ? choices[Number(line) - 1] : undefined;
      if (!chosen) print(instruction);
      return chosen;
    }).then(({ value }) => value);
  };

  return {
    confirm: (question, signal) => {
      print(question);
      print(text`Type y and press Enter to agree. Press Enter alone to refuse.`);
      return ask(signal, (line) => /^(y|yes|是)$/i.test(line));
    },

    typeWord: (question, word, signal) => {
      print(text`${question} Type ${word} and press Enter to agree. Press Enter alone to refuse.`);
      return ask(signal, (line) => {
        if (line === "" || line === word) return line === word;
        print(text`That is not ${word}.`);
      });
    },

    select,
    search: select,

    line: (question, refuse, signal) => {
      print(question);
      return ask(signal, (line) => {
        const reason = line === "" ? undefined : refuse(line);
        if (reason === undefined) return line;
        print(reason);
      });
    },

    discardTypeahead: () => Promise.resolve(),

    keyPressed: (signal, others = "") => keyPressed(streams.input, signal, others),
  };
}

/** @throws UnbrickError `cancelled` when the input ends or the signal aborts */
function nextLine({ input }: Streams, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(abortError(signal));
    const lines = builtin.readline.createInterface({ input, terminal: false });
    const settle = (finish: () => void) => {
      signal.removeEventListener("abort", onAbort);
      lines.removeAllListeners();
      lines.close();
      finish();
    };
    const onAbort = () => settle(() => reject(abortError(signal)));
    signal.addEventListener("abort", onAbort, { once: true });
    lines.once("line", (line) => settle(() => resolve(line)));
    lines.once("close", () => {
      settle(() => reject(new UnbrickError("cancelled", text`Stopped by the user.`)));
    });
  });
}
