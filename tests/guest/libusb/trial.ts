/** Constants that the trial device (outside) and the trial program (in the guest) share. */

export const ID = { idVendor: 0x1209, idProduct: 0x00aa };

export const CONTENTS = {
  longString: "an alternate setting with a name: ä漢 0123456789".repeat(2),
};

/** Vendor requests. */
export const REQUEST = {
  STORE: 1,
  LOAD: 2,
  REFUSE: 3,
  HOLD: 4,
  /** One byte: how many held requests the host has cancelled. */
  GIVEN_UP: 5,
  /** The device disconnects 100 ms later and returns wValue ms after that. */
  LEAVE: 6,
} as const;
