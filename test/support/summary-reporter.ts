// Ends every run with one line that a script can read: `N passed, N failed, N skipped`.
import { writeSync } from 'node:fs';
import { relative } from 'node:path';
import type { Reporter, TestModule } from 'vitest/node';

interface Count {
  passed: number;
  failed: number;
  skipped: number;
}

/** Until a run has ended it counts as failed: a run that breaks off must not look like one without tests. */
const NOTHING_RAN: Count = { passed: 0, failed: 1, skipped: 0 };

const STDOUT = 1;

export default class SummaryReporter implements Reporter {
  #count = NOTHING_RAN;
  #reasons: string[] = [];
  #isTold = false;

  onInit(): void {
    // At the very end of the process, after teardowns and other reporters have had their say; writing is synchronous.
    process.once('exit', () => this.#tell());
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const count: Count = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    this.#reasons = [];
    for (const module of modules) this.#countModule(module, count);
    this.#count = count.passed + count.failed + count.skipped === 0 ? NOTHING_RAN : count;
  }

  #countModule(module: TestModule, count: Count): void {
    const file = relative(process.cwd(), module.moduleId);
    const failedBefore = count.failed;
    for (const test of module.children.allTests()) {
      const result = test.result();
      if (result.state === 'passed') count.passed += 1;
      else if (result.state === 'failed') count.failed += 1;
      else if (result.state === 'skipped') {
        count.skipped += 1;
        this.#reasons.push(`skipped: ${file} > ${test.fullName}: ${result.note ?? 'no reason given'}`);
      } else {
        // It was collected and never ran: the run was broken off.
        count.failed += 1;
      }
    }
    const suiteErrors = [...module.children.allSuites()].flatMap((suite) => suite.errors());
    // A file that does not load, or whose hooks fail, has failed even where no test of it did.
    count.failed += module.errors().length + suiteErrors.length;
    if (!module.ok() && count.failed === failedBefore) count.failed += 1;
  }

  #tell(): void {
    if (this.#isTold) return;
    this.#isTold = true;
    const { passed, failed, skipped } = this.#count;
    const lines = [...this.#reasons, `${passed} passed, ${failed} failed, ${skipped} skipped`];
    writeSync(STDOUT, `${lines.join('\n')}\n`);
    if (failed > 0 && (process.exitCode ?? 0) === 0) process.exitCode = 1;
  }
}
