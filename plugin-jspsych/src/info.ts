import { ParameterType } from 'jspsych';
import { version } from '../package.json';

export const info = {
  name: 'multiplayer-pyodide',
  version: version,
  parameters: {
    /** Address of the server kit: a path on this page's own server, or a full URL. */
    server: { type: ParameterType.STRING, default: '/cotrial' },
    /** Name of the game. Participants of the same game are matched, and data are stored under it. */
    game: { type: ParameterType.STRING, default: undefined },
    /** Address of the Python file with the environment. Null if `environment_code` is given. */
    environment: { type: ParameterType.STRING, default: null },
    /** Python source of the environment itself, in place of `environment`. Null if not used. */
    environment_code: { type: ParameterType.STRING, default: null },
    /** Keyword arguments for the environment's constructor. */
    environment_options: { type: ParameterType.OBJECT, default: {} },
    /** Names of the Python packages that the environment imports, beyond the standard library. */
    packages: { type: ParameterType.STRING, array: true, default: [] },
    /** Address of a Pyodide distribution's folder. Null takes the one that the server kit serves. */
    pyodide_url: { type: ParameterType.STRING, default: null },
    /** Address of the worker script, for pages whose security policy forbids workers made from a Blob. Null makes the worker from this plugin itself. */
    worker_url: { type: ParameterType.STRING, default: null },
    /** Frames per second. Null takes what the environment's metadata say. */
    fps: { type: ParameterType.INT, default: null },
    /** Number of episodes that are played one after another. */
    episodes: { type: ParameterType.INT, default: 1 },
    /** Number of frames after which an episode ends at the latest. Null lets the environment decide. */
    max_steps: { type: ParameterType.INT, default: null },
    /** Number of frames between an input and the frame that plays it, or `'adaptive'` to follow the measured connection. More frames mean fewer corrections and later responses. */
    input_delay: { type: ParameterType.COMPLEX, default: 2 },
    /** What a partner's input is taken to be until it arrives: `'repeat'` for the same as before, `'default'` for the environment's default action. */
    prediction: {
      type: ParameterType.SELECT,
      options: ['repeat', 'default'],
      default: 'repeat',
    },
    /** What happens when a player leaves: `'end'` ends the game for everybody, `'continue'` goes on with the default action in the seat that became empty. */
    on_leave: { type: ParameterType.SELECT, options: ['end', 'continue'], default: 'end' },
    /** What happens when the players' games turn out to differ although all inputs are the same, for example because the environment is not deterministic: `'resync'` copies the state of one player to the others and goes on, `'end'` ends the game for everybody with the outcome `desync`, `'flag'` goes on as it is. The data tell in every case. */
    on_desync: {
      type: ParameterType.SELECT,
      options: ['resync', 'end', 'flag'],
      default: 'resync',
    },
    /** If true, packets travel through the TURN server only, so that participants cannot learn each other's network addresses. */
    relay_only: { type: ParameterType.BOOL, default: false },
    /** Function that is called with a partner's agent and the round-trip time in milliseconds when the connection to this partner becomes slow: from 150 ms on, corrections can be seen. */
    on_degraded: { type: ParameterType.FUNCTION, default: null },
    /** Function that is called with a partner's agent and the round-trip time in milliseconds when the connection to this partner becomes very slow, 300 ms or more. */
    on_critical: { type: ParameterType.FUNCTION, default: null },
    /** Function that is called once a second during the match with an object: `pings_ms` (the newest round-trip time in milliseconds by partner's agent) and, since the match began, `rollbacks`, `rollback_frames` (frames that were computed again) and `stall_ms` (time in milliseconds of waiting for partners, counted when a wait ends). */
    on_figures: { type: ParameterType.FUNCTION, default: null },
    /** The recruitment service's id of the participant, for example the Prolific id. Null if there is none. */
    participant: { type: ParameterType.STRING, default: null },
    /** Which key means which action, for example `{"ArrowLeft": 0, "ArrowRight": 1}`, or such a map for each agent: `{"player_0": {"a": 0}, "player_1": {"j": 0}}`. Keys are named as in `KeyboardEvent.key`, without regard to case; `"ArrowUp+ArrowRight"` is a chord. An action is a number, or a list of numbers for spaces with several parts. */
    keys: { type: ParameterType.OBJECT, default: {} },
    /** Keys of `keys` that act once per press. All other keys act as long as they are held. */
    press_keys: { type: ParameterType.STRING, array: true, default: [] },
    /** Buttons for devices with a touch screen: a list of objects with a `label` and either the `key` that the button stands for or an `action` of its own (with `press: true` to act once per press). Null makes one button for each action of `keys`, an empty list none. */
    touch_buttons: { type: ParameterType.COMPLEX, default: null },
    /** Longest time in milliseconds for loading the game, each time that it is tried. */
    load_timeout: { type: ParameterType.INT, default: 60_000 },
    /** Longest time in milliseconds for waiting for other players. */
    wait_timeout: { type: ParameterType.INT, default: 120_000 },
    /** If true, every frame of every episode is put into the trial's data as well. The server has them in any case. */
    include_frames: { type: ParameterType.BOOL, default: false },
    /** Largest width of the game in CSS pixels. It is smaller where the window is. */
    width: { type: ParameterType.INT, default: 800 },
    /** Time in milliseconds after which a completed game goes on to the next trial by itself. Null waits for the button. */
    end_delay: { type: ParameterType.INT, default: 3_000 },
    /** Label of the button on the end screens. */
    button_label: { type: ParameterType.STRING, default: 'Continue' },
    /** Label of the button that loads the game again where that failed. */
    retry_label: { type: ParameterType.STRING, default: 'Try again' },

    /** Shown while the game loads. In this text and all others, the first line is the heading and every further line a paragraph. */
    text_loading: {
      type: ParameterType.STRING,
      default: 'Preparing the game\nThis takes a few seconds.',
    },
    /** Stage of loading: the game engine starts. */
    text_loading_engine: { type: ParameterType.STRING, default: 'Starting the engine' },
    /** Stage of loading: Python is fetched and started. */
    text_loading_python: { type: ParameterType.STRING, default: 'Loading Python' },
    /** Stage of loading: the environment's packages are fetched. */
    text_loading_packages: { type: ParameterType.STRING, default: 'Loading packages' },
    /** Stage of loading: the environment is made and checked. */
    text_loading_environment: { type: ParameterType.STRING, default: 'Setting up the game' },
    /** Stage of loading: the server is contacted. */
    text_loading_server: { type: ParameterType.STRING, default: 'Connecting to the server' },
    /** Shown while the participant waits for other players. */
    text_waiting: {
      type: ParameterType.STRING,
      default:
        'Waiting for other players\nThe game starts as soon as enough of them are here. Please keep this window open.',
    },
    /** Under `text_waiting`. `{waited}` and `{timeout}` are minutes and seconds. */
    text_waiting_time: {
      type: ParameterType.STRING,
      default: 'You have waited {waited}. It takes {timeout} at most.',
    },
    /** Shown while the players' browsers connect with each other. */
    text_connecting: {
      type: ParameterType.STRING,
      default: 'Players found\nYou are being connected with each other.',
    },
    /** Shown above the seconds before the first frame. */
    text_countdown: { type: ParameterType.STRING, default: 'Get ready' },
    /** Shown above the game if there is more than one episode. `{episode}` counts from 1, `{episodes}` is their number. */
    text_round: { type: ParameterType.STRING, default: 'Round {episode} of {episodes}' },
    /** Shown above the game while it runs. */
    text_connected: { type: ParameterType.STRING, default: 'Connected' },
    /** Shown above the game while it is paused. */
    text_interrupted: { type: ParameterType.STRING, default: 'Interrupted' },
    /** Shown over the game while a player cannot be reached. `{agent}` is that player's agent, `{seconds}` the time until the game ends. */
    text_paused_unreachable: {
      type: ParameterType.STRING,
      default:
        'The game is paused\nThe connection to another player ({agent}) is interrupted. The game goes on as soon as it is back, and ends in {seconds}\u00a0s otherwise.',
    },
    /** Shown over the game while the browser of a player has frozen its page, as browsers do to pages that are not seen for long. `{agent}` is that player's agent, `{seconds}` the time until the game ends. */
    text_paused_asleep: {
      type: ParameterType.STRING,
      default:
        'The game is paused\nThe browser of another player ({agent}) has put the game to sleep. The game goes on as soon as it wakes up, and ends in {seconds}\u00a0s otherwise.',
    },
    /** Shown over the game while it waits for a player whose browser is behind. `{agent}` is that player's agent. */
    text_paused_slow: {
      type: ParameterType.STRING,
      default:
        'The game is paused\nAnother player ({agent}) is catching up. The game goes on in a moment.',
    },
    /** Shown while the last data are sent. */
    text_saving: {
      type: ParameterType.STRING,
      default: 'Saving your data\nThis takes a few seconds. Please keep this window open.',
    },
    /** End screen with outcome `completed`. All end screens know `{reason}`, `{agent}` (who caused it), `{reward}` (the own sum) and `{completion_code}`. */
    text_done: {
      type: ParameterType.STRING,
      default: 'The game is over\nThank you for playing. Your data are saved.',
    },
    /** End screen with outcome `partner_left`. */
    text_partner_left: {
      type: ParameterType.STRING,
      default:
        'Another player has left\nThe game has ended early. This is not your fault, and your data are kept.',
    },
    /** End screen with outcome `left`. */
    text_left: {
      type: ParameterType.STRING,
      default: 'You have left the game\nThe game has ended for you.',
    },
    /** End screen with outcome `timed_out_waiting`. */
    text_timed_out_waiting: {
      type: ParameterType.STRING,
      default: 'No other players came\nYou have waited long enough. This is not your fault.',
    },
    /** End screen with outcome `excluded`. */
    text_excluded: {
      type: ParameterType.STRING,
      default: 'You cannot take part in this game\n{reason}',
    },
    /** End screen with outcome `unsupported`. `{reason}` says what the browser lacks. */
    text_unsupported: {
      type: ParameterType.STRING,
      default:
        'This browser cannot run the game\nPlease use a current version of Chrome, Edge, Firefox or Safari.\n{reason}',
    },
    /** End screen with outcome `unsupported` if the players' versions of the game do not fit together. `{reason}` says what differs. */
    text_mismatch: {
      type: ParameterType.STRING,
      default:
        'The game cannot be played together\nThe players have different versions of it. Please reload this page. This is not your fault.\n{reason}',
    },
    /** End screen with outcome `load_failed`. */
    text_load_failed: {
      type: ParameterType.STRING,
      default: 'The game could not be loaded\nThis is not your fault.',
    },
    /** End screen with outcome `environment_error`. */
    text_error: {
      type: ParameterType.STRING,
      default:
        'The game has stopped\nAn error happened in the game. This is not your fault, and your data are kept.',
    },
    /** End screen with outcome `desync`. */
    text_desync: {
      type: ParameterType.STRING,
      default:
        'The game has stopped\nThe players’ games no longer agreed. This is not your fault, and your data are kept.',
    },
    /** End screen with outcome `connection_lost`. */
    text_connection_lost: {
      type: ParameterType.STRING,
      default:
        'The connection was lost\nThe game has ended early. Please check your internet connection.',
    },
    /** End screen with outcome `removed`. */
    text_removed: {
      type: ParameterType.STRING,
      default: 'The game has ended for you\n{reason}',
    },
    /** End screen with outcome `server_closed`. */
    text_server_closed: {
      type: ParameterType.STRING,
      default: 'The server has been closed\nThe game has ended early. This is not your fault.',
    },
    /** Label of the fold that holds an error's technical details. */
    text_details: { type: ParameterType.STRING, default: 'Technical details' },
  },
  data: {
    /** How the trial ended: `completed`, `partner_left`, `left`, `timed_out_waiting`, `excluded`, `unsupported`, `load_failed`, `environment_error`, `desync`, `connection_lost`, `removed` or `server_closed`. */
    outcome: { type: ParameterType.STRING },
    /** Agent to whom the outcome is attributed, or null if it is nobody's. */
    outcome_by: { type: ParameterType.STRING },
    /** One sentence that says why the trial ended so. Empty if there is nothing to say. */
    outcome_reason: { type: ParameterType.STRING },
    /** Completion code for this outcome, or null if the server gave none. */
    completion_code: { type: ParameterType.STRING },
    /** Id of the match on the server, or null if the participant was not matched. */
    match_id: { type: ParameterType.STRING },
    /** Agent that the participant played, or null if there was no match. */
    agent: { type: ParameterType.STRING },
    /** Number of players in the match, or 0 if there was no match. */
    n_players: { type: ParameterType.INT },
    /** Number of episodes that were played. */
    n_episodes: { type: ParameterType.INT },
    /** Number of frames in all episodes together. */
    n_frames: { type: ParameterType.INT },
    /** Sum of the own agent's rewards in all episodes. */
    reward_total: { type: ParameterType.FLOAT },
    /** SHA-256 of the match's canonical record in hexadecimal digits, the same for all players, or null if there is no record. */
    record_sha256: { type: ParameterType.STRING },
    /** What the server says of the data: `verified` (all players sent the same), `unverified` (one copy), `disputed` (the copies differ) or `pending` (a copy may still come). */
    verification: { type: ParameterType.STRING },
    /** How packets travelled at the end of the game: `direct`, `turn` or `server`. Null if there was no connection. */
    link_type: { type: ParameterType.STRING },
    /** Median round-trip time to the other players in milliseconds, or null if it was not measured. */
    ping_ms_median: { type: ParameterType.FLOAT },
    /** Median of the own input delay in frames, or null if no frame was played. */
    input_delay_median: { type: ParameterType.FLOAT },
    /** Number of times that frames were played again because a predicted input was wrong. */
    rollback_count: { type: ParameterType.INT },
    /** Largest number of frames that were played again at once. */
    rollback_frames_max: { type: ParameterType.INT },
    /** Time in milliseconds for which the game stood still because inputs were missing. */
    stall_ms_total: { type: ParameterType.FLOAT },
    /** Number of checksums in which the players' games differed. */
    desync_count: { type: ParameterType.INT },
    /** Time in milliseconds from the start of the trial until the game was loaded. */
    load_ms: { type: ParameterType.FLOAT },
    /** Time in milliseconds that the participant waited for other players. */
    wait_ms: { type: ParameterType.FLOAT },
    /** One object for each episode: `episode`, `seed`, `n_frames`, `reward_total`, `sha256`, `verification`. */
    episodes: { type: ParameterType.COMPLEX, array: true },
    /** After an error an object with `where`, `message` and `traceback`, otherwise null. */
    error: { type: ParameterType.OBJECT },
    /** Only with `include_frames`: for each episode a list of frames, each with the players' actions, rewards and infos in seat order. */
    frames: { type: ParameterType.COMPLEX, array: true },
  },
  citations: {
    apa: 'The Cotrial authors. (2026). Cotrial: Real-time multiplayer trials for jsPsych, written as Python environments [Computer software].',
    bibtex:
      '@software{cotrial, author = {{The Cotrial authors}}, title = {{Cotrial: Real-time multiplayer trials for jsPsych, written as Python environments}}, year = {2026} }',
  },
} as const;

export type Info = typeof info;
