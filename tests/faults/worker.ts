import { carryOut } from "./work.ts";

// Errors are part of nearly every run here, and where they came from a replay tells.
Error.stackTraceLimit = 0;

/** A thread that is given ids of cases and sends back what came of them. */
const scope = self as unknown as {
  onmessage: (event: MessageEvent<readonly string[]>) => void;
  postMessage(part: unknown): void;
};

scope.onmessage = async ({ data }) => scope.postMessage(await carryOut(data));
