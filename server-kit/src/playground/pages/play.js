/** One participant's experiment: instructions, the game, a question, and the data. */
import { Autopilot } from './autopilot.js';
import { endPage } from './end-page.js';
import { gameOfPage } from './games.js';
import { Plots } from './plots.js';
import { readSettings } from './settings.js';

const { initJsPsych, jsPsychHtmlButtonResponse, jsPsychMultiplayerPyodide, jsPsychSurveyLikert } =
  window;

const game = gameOfPage(location.pathname);
const settings = readSettings(game, new URLSearchParams(location.search));
document.title = `${game.title} · Cotrial`;

const jsPsych = initJsPsych({
  on_finish: () => {
    const rows = jsPsych.data.get().values();
    jsPsych.getDisplayElement().replaceChildren(endPage(game, rows));
  },
});
const autopilot = new Autopilot(settings.keyNames, settings.seed, pressKey);
autopilot.switch(settings.autopilot);
let playing = false;
const plots = new Plots();

const instructions = {
  type: jsPsychHtmlButtonResponse,
  stimulus: `
    <div class="text">
      <h1>${game.title}</h1>
      ${game.instructions}
      ${game.length ? `<p>The game takes ${game.length}.</p>` : ''}
      <p class="hint">${settings.hints.join('<br>')}</p>
    </div>`,
  choices: ['Start'],
  save_trial_parameters: { stimulus: false },
};

const multiplayer = {
  type: jsPsychMultiplayerPyodide,
  ...settings.trial,
  on_figures: (figures) => {
    plots.show(figures);
  },
  on_load: () => {
    playing = true;
    autopilot.allow(true);
  },
  on_finish: () => {
    playing = false;
    autopilot.allow(false);
    plots.close();
  },
};

const survey = {
  timeline: [
    {
      type: jsPsychSurveyLikert,
      questions: [
        {
          prompt: game.survey,
          name: 'partner',
          labels: ['Not at all', '', 'Partly', '', 'Very much'],
          required: true,
        },
      ],
    },
  ],
  // Who was left alone cannot say how the game together was.
  conditional_function: () => jsPsych.data.getLastTrialData().values()[0]?.outcome === 'completed',
};

/** A real key event, where jsPsych's own simulations put theirs. */
function pressKey({ type, key, code = '', repeat = false }) {
  const init = { key, code, repeat, bubbles: true, cancelable: true };
  jsPsych.getDisplayContainerElement().dispatchEvent(new window.KeyboardEvent(type, init));
}

/** What the page that shows two participants side by side may use. */
window.playground = {
  keys: settings.keyNames.flatMap((entry) => entry.toLowerCase().split('+')),
  pressKey,
  isPlaying: () => playing,
  autopilot: (on) => {
    autopilot.switch(on);
  },
};

await jsPsych.run(settings.skip ? [multiplayer] : [instructions, multiplayer, survey]);
