/** A set of keys for one person: the left hand's, or the right hand's. */
export type Hand = 'wasd' | 'arrows';

/** As in the plugin's `keys`: keys and chords to actions, or agents to such maps. */
export type KeyMap = Record<string, unknown>;

/** How the text of an address or a command line becomes an environment option. */
export type OptionKind = 'text' | 'number' | 'truth' | 'json';

/** One game of a playground. All but the paths of files reaches the pages, as JSON. */
export interface PlaygroundGame {
  /** Part of addresses (`/play/<name>`); participants are matched and data stored under it. */
  name: string;
  title: string;
  /** One sentence for the front page, plain text. */
  blurb: string;
  /** Path of the Python file. */
  file: string;
  /** Path of an SVG picture for the front page. */
  picture?: string;
  /** HTML that participants read before the trial. */
  instructions: string;
  /** How long it takes, to go after "The game takes". */
  length?: string;
  /** Statement to agree or disagree with after the trial. */
  survey: string;
  /** How many people play: one number, or what the environment's option `players` may be. */
  players: number | { least: number; most: number; usual: number };
  /** For each hand, HTML that says which key does what. */
  hints: Record<Hand, string>;
  keys: Record<Hand, KeyMap>;
  /** Keys that act once per press. */
  press: string[];
  /** On-screen buttons, as in the plugin's `touch_buttons`. */
  touch: Record<Hand, object[]>;
  /** Frames between a key press and its effect; what arrives later is corrected. */
  input_delay: number | 'adaptive';
  max_steps: number;
  /** Environment options that the page's address may set. */
  options: Record<string, OptionKind>;
  /** Further parameters of the trial, for example `fps` or `packages`. */
  trial?: Record<string, unknown>;
  /** What `cotrial check` found in the file, for the page `/check/<name>`. */
  findings?: Findings;
}

/** As `cotrial check --json` prints it. */
export interface Findings {
  faults: Finding[];
  notes: Finding[];
}

export interface Finding {
  kind: string;
  /** File and line, or a method. */
  where: string;
  message: string;
  remedy: string;
}
