import { text, type Words } from "../../../common/text.ts";

/** Names and meanings of the error byte of a NAK (alif-isp.md B.4). */
const codes: Readonly<Record<number, readonly [name: Words, meaning: Words]>> = {
  0xFF: ["ERROR", text`an unnamed error`],
  0xFE: ["READ_TIMEOUT", text`the rest of a command did not come in time`],
  0xFD: ["WRITE_TIMEOUT", text`its own reply could not be sent in time`],
  0xFC: ["UNKNOWN_COMMAND", text`it does not know this command`],
  0xFB: ["COMMAND_STOP", text`the session has ended`],
  0xFA: ["CHECKSUM_ERROR", text`the command arrived damaged`],
  0xF9: ["NOT_SUPPORTED", text`it does not support this`],
  0xF8: ["BAD_PACKET_SIZE", text`the command has the wrong length`],
  0xF7: ["BAD_DESTINATION_ADDR", text`the address is outside the writable range`],
  0xF6: ["UNEXPECTED_COMMAND", text`the command does not follow from the one before`],
  0xF5: ["HOST_AUTH_FAILED", text`the token is not the one of this session`],
  0xF4: ["NOT_ALLOWED", text`the life-cycle state forbids it`],
  0xF3: ["BAD_AUTH_TOKEN", text`the token is not valid`],
  0xF2: [
    "IMAGE_AUTHENTICATION_FAILED",
    text`the signature was made with a key that it does not
    trust`,
  ],
  0xF1: ["IMAGE_VERIFICATION_FAILED", text`the image does not match the signed hash`],
  0xF0: ["SECURE_DEBUG_FAILED", text`secure debugging was refused`],
  0xEF: ["MRAM_WRITE_FAILED", text`its memory did not accept the data`],
  0xEE: ["UNKNOWN_GET_OBJECT", text`it cannot report this`],
  0xED: ["ILLEGAL_ADDRESS", text`the address is protected`],
  0xEC: ["MISALIGNED", text`the address is not a multiple of 16`],
  0xEB: ["MRAM_OFFSET_MISALIGNED", text`the offset is not a multiple of 16`],
  0xEA: ["UNKNOWN_MRAM_ERROR", text`its memory reported an unknown error`],
  0xE9: ["MRAM_LENGTH_TOO_LARGE", text`there is more data than was announced or fits`],
  0xE8: ["UNKNOWN_SET_OBJECT", text`it cannot set this`],
  0xE7: ["CODE_VERIFY_FAILURE", text`the code in its memory is not valid`],
  0xE6: ["INVALID_CODE_SIZE", text`the code has an impossible size`],
  0xE5: ["MFG_DATA_MISCOMPARE", text`the manufacturing data differ`],
  0xE4: ["SERAM_JUMP_FAILED", text`its firmware could not be started`],
  0xE3: ["MRAM_CONTROLLER_ERROR", text`the controller of its memory reported an error`],
};

/** Error bytes by name. */
export const Nak = {
  UNKNOWN_COMMAND: 0xFC,
  CHECKSUM_ERROR: 0xFA,
  BAD_PACKET_SIZE: 0xF8,
  BAD_DESTINATION_ADDR: 0xF7,
  UNEXPECTED_COMMAND: 0xF6,
  BAD_AUTH_TOKEN: 0xF3,
  NOT_ALLOWED: 0xF4,
  IMAGE_AUTHENTICATION_FAILED: 0xF2,
  IMAGE_VERIFICATION_FAILED: 0xF1,
  MRAM_WRITE_FAILED: 0xEF,
  UNKNOWN_GET_OBJECT: 0xEE,
  ILLEGAL_ADDRESS: 0xED,
  MISALIGNED: 0xEC,
  MRAM_OFFSET_MISALIGNED: 0xEB,
  MRAM_LENGTH_TOO_LARGE: 0xE9,
} as const;

/** All error bytes that have a name. */
export const knownCodes: readonly number[] = Object.keys(codes).map(Number);

/** Returns name and meaning of an error byte. */
export function nakMeaning(code: number): readonly [name: Words, meaning: Words] {
  return codes[code] ?? [text`unknown code`, text`it gave no reason`];
}
