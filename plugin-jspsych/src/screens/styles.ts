/**
 * Styles of all screens, under one class; they come and go with the trial's element. Colours keep
 * a contrast of 4.5 to 1 or more for text (WCAG AA).
 */
export const STYLES = `
.cotrial, .cotrial * { box-sizing: border-box; }
.cotrial {
  --ink: #1f2a37; --soft: #55606e; --line: #d8dee6; --paper: #ffffff; --wash: #f3f5f8;
  --accent: #2b5fad; --accent-ink: #ffffff; --good: #1d7a4c; --warn: #b45309;
  width: min(95vw, var(--cotrial-width)); max-width: 100%; margin: 0 auto; padding: 0.75rem 0;
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  color: var(--ink); text-align: center; overflow-wrap: anywhere;
}
.cotrial-panel {
  width: 100%; max-width: 34rem; margin: 0 auto; padding: 2.25rem 2rem;
  background: var(--paper); border: 1px solid var(--line); border-radius: 16px;
  box-shadow: 0 1px 2px rgb(31 42 55 / 5%), 0 8px 24px rgb(31 42 55 / 6%);
}
.cotrial-heading { margin: 0 0 0.5rem; font-size: 1.375rem; line-height: 1.3; font-weight: 600; }
.cotrial-text { margin: 0.5rem 0; text-wrap: pretty; }
.cotrial-soft { margin: 0.75rem 0 0; font-size: 0.9375rem; color: var(--soft);
  font-variant-numeric: tabular-nums; }
.cotrial-bar { height: 8px; margin: 1.5rem 0 0; border-radius: 4px; background: var(--line);
  overflow: hidden; }
.cotrial-bar-fill { width: 0; height: 100%; border-radius: 4px; background: var(--accent);
  transition: width 200ms ease-out; }
.cotrial-dots { display: flex; justify-content: center; gap: 10px; margin: 1.5rem 0 0.5rem; }
.cotrial-dots span { width: 10px; height: 10px; border-radius: 50%; background: var(--accent);
  opacity: 0.25; animation: cotrial-breathe 1.8s ease-in-out infinite; }
.cotrial-dots span:nth-child(2) { animation-delay: 0.3s; }
.cotrial-dots span:nth-child(3) { animation-delay: 0.6s; }
@keyframes cotrial-breathe { 0%, 60%, 100% { opacity: 0.25; } 30% { opacity: 1; } }

.cotrial-symbol { width: 3.5rem; height: 3.5rem; margin: 0 auto 1rem; border-radius: 50%;
  display: grid; place-items: center; font-size: 1.5rem; font-weight: 600; line-height: 1;
  color: var(--soft); background: var(--wash); }
.cotrial-good .cotrial-symbol { color: var(--good); background: #e6f4ec; }
.cotrial-details { margin: 1.25rem 0 0; text-align: left; font-size: 0.9375rem; }
.cotrial-details summary { cursor: pointer; color: var(--soft); padding: 0.25rem 0; }
.cotrial-trace { margin: 0.5rem 0 0; padding: 0.75rem; max-height: 16rem; overflow: auto;
  border: 1px solid var(--line); border-radius: 8px; background: var(--wash); color: var(--ink);
  font: 0.8125rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace;
  white-space: pre-wrap; overflow-wrap: anywhere; text-align: left; }
.cotrial-choices { display: flex; flex-wrap: wrap; justify-content: center; gap: 0.75rem;
  margin: 1.75rem 0 0; }
.cotrial-choice { margin: 0; min-width: 10rem; min-height: 44px;
  padding: 0.625rem 1.75rem; border: 0; border-radius: 10px; cursor: pointer;
  font: inherit; font-weight: 600; color: var(--accent-ink); background: var(--accent); }
.cotrial-choice:hover { background: #234f92; }
.cotrial-choice:disabled { background: #7f93ad; cursor: default; }
.cotrial-second, .cotrial-second:disabled { color: var(--accent); background: transparent;
  box-shadow: inset 0 0 0 1px currentColor; }
.cotrial-second:hover { color: #234f92; background: #e8eef7; }
.cotrial-second:disabled { color: #7f93ad; }
.cotrial :focus-visible { outline: 3px solid #8fb3ea; outline-offset: 2px; }

.cotrial-board { --room: 4.5rem; }
.cotrial-with-pad { --room: 15.5rem; }
.cotrial-strip, .cotrial-picture {
  width: min(100%, calc((100vh - var(--room)) * var(--cotrial-ratio)));
  width: min(100%, calc((100dvh - var(--room)) * var(--cotrial-ratio)));
  min-width: min(100%, 18rem); margin: 0 auto;
}
.cotrial-strip { display: flex; justify-content: space-between; align-items: center; gap: 1rem;
  min-height: 1.75rem; padding: 0 0.125rem; font-size: 0.875rem; color: var(--soft); }
.cotrial-state { display: inline-flex; align-items: center; gap: 0.375rem; margin-left: auto; }
.cotrial-dot { width: 9px; height: 9px; border-radius: 50%; background: var(--good); }
.cotrial-dot-bad { background: var(--warn); }
.cotrial-picture { position: relative; aspect-ratio: var(--cotrial-ratio); min-height: 14rem;
  display: grid; place-items: center; border-radius: 12px; overflow: hidden;
  background: var(--wash); }
.cotrial-canvas { display: block; grid-area: 1 / 1; touch-action: none; }
.cotrial-cover { position: absolute; inset: 0; display: grid; place-items: center; padding: 0.75rem;
  background: rgb(243 245 248 / 70%); }
.cotrial-card { max-width: 26rem; padding: 1.25rem 1.5rem; border-radius: 14px;
  background: var(--paper); box-shadow: 0 6px 28px rgb(31 42 55 / 18%); }
.cotrial-card .cotrial-heading { font-size: 1.125rem; margin: 0; }
.cotrial-card .cotrial-text { font-size: 0.9375rem; font-variant-numeric: tabular-nums; }
.cotrial-count { font-size: 3.5rem; line-height: 1.15; font-weight: 650; color: var(--accent);
  font-variant-numeric: tabular-nums; }

.cotrial-pad { display: flex; justify-content: space-between; align-items: center; gap: 1rem;
  max-width: 34rem; min-height: 10rem; margin: 0.75rem auto 0; touch-action: none;
  user-select: none; -webkit-user-select: none; -webkit-touch-callout: none; }
.cotrial-cross { display: grid; gap: 4px; grid-template: repeat(3, 3.125rem) / repeat(3, 3.125rem);
  grid-template-areas: ". arrowup ." "arrowleft . arrowright" ". arrowdown ."; }
.cotrial-buttons { display: flex; flex-wrap: wrap; justify-content: center; gap: 10px;
  margin: 0 auto; }
.cotrial-button { min-width: 3.125rem; min-height: 3.125rem; padding: 0 0.75rem; cursor: pointer;
  font: inherit; font-weight: 600; color: var(--ink); background: var(--paper);
  border: 1px solid #b9c2ce; border-radius: 12px; touch-action: none; }
.cotrial-buttons .cotrial-button { min-width: 4.25rem; min-height: 4.25rem; border-radius: 2.125rem; }
.cotrial-button.cotrial-pressed { background: var(--accent); color: var(--accent-ink);
  border-color: var(--accent); }

@media (max-width: 480px) {
  .cotrial-panel { padding: 1.75rem 1.25rem; }
  .cotrial-card { padding: 0.875rem 1rem; }
}
/* Phones held sideways: the buttons stand beside the picture. */
@media (max-height: 30rem) and (orientation: landscape) {
  .cotrial-with-pad { --room: 3.5rem; display: grid; align-items: center; gap: 0 0.75rem;
    grid-template: auto auto / auto minmax(0, 1fr) auto; }
  .cotrial-with-pad .cotrial-strip { grid-area: 1 / 2; }
  .cotrial-with-pad .cotrial-picture { grid-area: 2 / 2; }
  .cotrial-pad { display: contents; }
  .cotrial-cross { grid-area: 2 / 1; }
  .cotrial-buttons { grid-area: 2 / 3; flex-direction: column; }
}
@media (prefers-reduced-motion: reduce) {
  .cotrial-dots span { animation: none; opacity: 0.6; }
  .cotrial-bar-fill { transition: none; }
}
`;
