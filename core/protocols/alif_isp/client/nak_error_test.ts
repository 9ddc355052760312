import assert from "node:assert/strict";
import { text } from "../../../common/text.ts";
import { isNak, nakError } from "./nak_error.ts";

Deno.test("the error of a refusal says what was requested, why it was refused, and the code", () => {
  const error = nakError(0xED, text`start`, 7);
  assert.equal(
    error.message,
    "The Secure Enclave refused to start: the address is protected (NAK ED, ILLEGAL_ADDRESS).",
  );
  assert.deepEqual(error.data, { code: 0xED, name: "ILLEGAL_ADDRESS", what: "start", extended: 7 });
  assert.match(nakError(0x12, text`start`).message, /NAK 12, unknown code/);
  assert.ok(isNak(error) && isNak(error, 0xFA, 0xED) && !isNak(error, 0xFA));
});
