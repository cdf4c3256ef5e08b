import { get } from './agent.js';
import { button, el } from './dom.js';
import { time } from './words.js';

// Why another device is not seen, in plain words; and what this one goes by.
export function health(page, tools) {
  const findings = el('ul', { className: 'cards', ariaLabel: 'Findings' });
  const warnings = el('ul', { ariaLabel: 'Warnings' });
  const facts = el('dl');
  page.append(
    el('h2', {}, 'Warnings'), warnings,
    el('h2', {}, 'Certificate and revocation'), facts,
    button('Look for a newer list', () => tools.act(async () => {
      const list = await tools.post('/v1/revocation/refresh');
      tools.say(list.changed ? `There was a newer list, ${list.crl_version}.` : 'This device has the newest list.');
    })),
    el('h2', {}, 'What is wrong here?'),
    button('Examine', () => tools.act(async () => {
      tools.say('Looking, for some seconds…');
      const result = await get('/v1/doctor');
      tools.say(result.healthy ? 'Nothing is wrong.' : `${result.problems} problems.`);
      findings.replaceChildren(...result.findings.filter(finding => finding.severity !== 'ok').map(draw));
    })), findings);
  return () => {
    const { status } = tools.state;
    if (!status) return;
    const crash = status.crash && `The agent before this one ended unexpectedly, ${time(status.crash.at)}: ${status.crash.what} The report: ${status.crash.report}`;
    const all = [...crash ? [crash] : [], ...status.warnings];
    warnings.replaceChildren(...(all.length ? all : ['None.']).map(text => el('li', {}, text)));
    facts.replaceChildren(...Object.entries({
      Trust: status.trust,
      'Certificate until': time(status.cert_expires_at) || 'none',
      'Revocation list': status.crl_version ? `${status.crl_version}, of ${time(status.crl_issued_at)}${status.crl_stale ? ', past its time' : ''}` : 'none yet',
    }).flatMap(([name, value]) => [el('dt', {}, name), el('dd', {}, value)]));
  };
}

const draw = finding => el('li', {},
  el('strong', { className: finding.severity === 'problem' ? 'bad' : '' }, finding.what),
  finding.why && el('div', {}, finding.why), finding.fix && el('div', {}, finding.fix), finding.command && el('code', {}, finding.command));
