import { struct, u32, u8 } from "../../../common/struct.ts";

/** First payload byte of a DNLOAD with wValue 0 (dfu-dfuse.md B1). */
export const DfuSeCommand = { SET_ADDRESS: 0x21, ERASE: 0x41, READ_UNPROTECT: 0x92 } as const;

/** SET_ADDRESS, or ERASE of one sector: 5 bytes. Without an address, only the code is sent. */
export const AddressCommand = struct("DfuSe command", { code: u8, address: u32 });
