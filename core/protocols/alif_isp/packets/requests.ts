import { bytes, struct, u32, u8 } from "../../../common/struct.ts";
import { MRAM_LINE } from "./memory_map.ts";

/** Payloads of commands to the Secure Enclave (alif-isp.md B.5, B.6, C.4 to C.6). */

export const GetRequest = struct("GET request", { object: u32 });

/** Offsets count from the start of MRAM. */
export const ReadRequest = struct("MRAM_READ request", { offset: u32, count: u8 });
export const WriteRequest = struct("MRAM_WRITE request", { offset: u32, line: bytes(MRAM_LINE) });

/** `size` in bytes; the address is the chip's own. */
const burn = { address: u32, size: u32 };
export const BurnRequest = struct("BURN_MRAM request", burn);
/** For an image covered by a certificate chain with the same token. */
export const SignedBurnRequest = struct("BURN_MRAM request", { ...burn, token: u32 });
export const VerifyRequest = struct("VERIFY_IMAGE request", { token: u32 });

/** The payload of SET_BAUD_RATE and of the answer to GET_BAUD_RATE. */
export const BaudRate = struct("baud rate", { baudRate: u32 });
