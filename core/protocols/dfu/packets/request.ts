import { text, type Words } from "../../../common/text.ts";

/** Requests, states and statuses of DFU 1.1 (dfu-dfuse.md A2, A3). */

/** bRequest numbers; recipient is the interface, type is class. */
export const DfuRequest = {
  DETACH: 0,
  DNLOAD: 1,
  UPLOAD: 2,
  GETSTATUS: 3,
  CLRSTATUS: 4,
  GETSTATE: 5,
  ABORT: 6,
} as const;

/** bmRequestType of requests with no data or data to the device. */
export const TO_DEVICE = 0x21;
/** bmRequestType of requests with data to the host. */
export const TO_HOST = 0xa1;

/** bState. */
export const DfuState = {
  appIDLE: 0,
  appDETACH: 1,
  dfuIDLE: 2,
  dfuDNLOAD_SYNC: 3,
  dfuDNBUSY: 4,
  dfuDNLOAD_IDLE: 5,
  dfuMANIFEST_SYNC: 6,
  dfuMANIFEST: 7,
  dfuMANIFEST_WAIT_RESET: 8,
  dfuUPLOAD_IDLE: 9,
  dfuERROR: 10,
} as const;

/** bStatus. */
export const DfuStatus = {
  OK: 0x00,
  errTARGET: 0x01,
  errFILE: 0x02,
  errWRITE: 0x03,
  errERASE: 0x04,
  errCHECK_ERASED: 0x05,
  errPROG: 0x06,
  errVERIFY: 0x07,
  errADDRESS: 0x08,
  errNOTDONE: 0x09,
  errFIRMWARE: 0x0a,
  errVENDOR: 0x0b,
  errUSBR: 0x0c,
  errPOR: 0x0d,
  errUNKNOWN: 0x0e,
  errSTALLEDPKT: 0x0f,
} as const;

const meanings: Readonly<Record<keyof typeof DfuStatus, Words>> = {
  OK: text`no error`,
  errTARGET: text`the data or the address is not for this device`,
  errFILE: text`the data fails a check of the device`,
  errWRITE: text`the device cannot write its memory`,
  errERASE: text`the device cannot erase its memory`,
  errCHECK_ERASED: text`the memory was not blank after the erase`,
  errPROG: text`programming the memory failed`,
  errVERIFY: text`the device read back something other than what it programmed`,
  errADDRESS: text`the address is outside the memory`,
  errNOTDONE: text`the data ended too early`,
  errFIRMWARE: text`the device has no complete firmware to return to`,
  errVENDOR: text`a vendor-specific error; on ST chips, the memory is protected`,
  errUSBR: text`an unexpected USB reset`,
  errPOR: text`an unexpected power-on reset`,
  errUNKNOWN: text`the device reported an unknown error`,
  errSTALLEDPKT: text`the device received an unexpected request`,
};

function nameIn(table: Readonly<Record<string, number>>, value: number): string | undefined {
  return Object.keys(table).find((name) => table[name] === value);
}

/**
 * Returns the name of a state: `dfuDNBUSY`, or `state 15` for a number that no specification
 * defines.
 */
export function stateName(state: number): Words {
  return nameIn(DfuState, state)
    ?.replaceAll("_", "-") ?? text`state ${state}`;
}

/** Returns the name of a status: `errVENDOR`, or `status 0x22` for an unknown number. */
export function statusName(status: number): string {
  return nameIn(DfuStatus, status) ?? `status 0x${status.toString(16).padStart(2, "0")}`;
}

/** Returns the meaning of a status, as part of a sentence. */
export function statusMeaning(status: number): Words {
  const name = nameIn(DfuStatus, status) as keyof typeof DfuStatus | undefined;
  return name ? meanings[name] : text`this status is not in any specification`;
}
