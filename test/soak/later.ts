// A length of time that a soak lets pass: its chaos has a plan in time, unlike a test.

export const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
