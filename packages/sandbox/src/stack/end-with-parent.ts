// Loaded before a program that another one has started: when that one is gone, even by SIGKILL, so is this.

// The parent opens a channel (`stdio: [..., 'ipc']`) for nothing but this; it must not keep the program alive.
process.channel?.unref();
process.once('disconnect', () => process.exit(1));
