/** Asks the camera, for a step, what it holds; nothing is changed. */
export type Look = <T>(step: string, work: () => Promise<T>) => Promise<T>;
