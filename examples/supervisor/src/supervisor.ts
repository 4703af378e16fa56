import { isDeepStrictEqual } from 'node:util';
import { type Config, readConfig } from './config.ts';
import { Program, type Status } from './program.ts';

/** All programs of a file. What changes them is done one after the other. */
export class Supervisor {
  readonly socket: string;
  readonly #file: string;
  readonly #programs = new Map<string, Program>();
  #lastChange: Promise<unknown> = Promise.resolve();

  constructor(file: string) {
    this.#file = file;
    this.socket = readConfig(file).socket;
  }

  status(): Status[] {
    return Array.from(this.#programs.values(), (program) => program.status());
  }

  program(name: string): Program | undefined {
    return this.#programs.get(name);
  }

  /** Starts what is new in the file and stops what is gone. Whose section is as it was goes on, and with a mistake in the file all do. */
  reload(): Promise<void> {
    return this.#inTurn(async () => {
      const config = readConfig(this.#file);
      if (config.socket !== this.socket) throw new Error('the socket can not be changed by a reload');
      const wanted = new Map(config.programs.map((program) => [program.name, program]));
      await this.#remove(({ config }) => !isDeepStrictEqual(config, wanted.get(config.name)));
      this.#add(config);
    });
  }

  /** In the reverse of the order of their start. */
  stop(): Promise<void> {
    return this.#inTurn(() => this.#remove(() => true));
  }

  #add(config: Config): void {
    const added = config.programs.filter(({ name }) => !this.#programs.has(name));
    for (const program of added.map((config) => new Program(config))) {
      this.#programs.set(program.config.name, program);
      if (program.config.autostart) program.start();
    }
  }

  /** Those of one priority at the same time, and the next when the last of them has ended. */
  async #remove(isChosen: (program: Program) => boolean): Promise<void> {
    const chosen = [...this.#programs.values()].filter(isChosen);
    const priorities = [...new Set(chosen.map(({ config }) => config.priority))].sort((a, b) => b - a);
    for (const priority of priorities) {
      const together = chosen.filter(({ config }) => config.priority === priority);
      await Promise.all(together.map((program) => program.stop()));
    }
    await Promise.all(chosen.map((program) => program.close()));
    for (const { config } of chosen) this.#programs.delete(config.name);
  }

  #inTurn<Result>(change: () => Promise<Result>): Promise<Result> {
    const result = this.#lastChange.then(change);
    this.#lastChange = result.catch(() => undefined);
    return result;
  }
}
