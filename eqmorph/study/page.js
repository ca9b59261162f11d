
"use strict";
(() => {
  const study = JSON.parse(document.getElementById("study").textContent);
  const byId = (id) => document.getElementById(id);
  const SWITCH_S = 0.012, EDGE_S = 0.02, SOON_S = 0.03, SEEK_S = 2, HEARD_S = 1;
  const COLUMNS = ["study", "session", "participant", "position", "trial", "kind", "a", "b", "x", "answer", "seconds", "switches"];

  // ---------------------------------------------------------------------------------------------------- the player

  // All versions of a sound start together and run on together; only one of them is let through. So a switch neither
  // moves the place nor leaves a gap, and a linear crossfade of sounds so much alike keeps the level.
  class Player {
    constructor(context, destination = context.destination) {
      this.context = context;
      this.destination = destination;
      this.buffers = new Map();
      this.voices = new Map();
      this.current = "A";
      this.offset = 0;
      this.isPlaying = false;
    }

    load(buffers) {
      this.pause();
      this.buffers = buffers;
      this.current = buffers.keys().next().value;
      this.offset = 0;
    }

    get duration() {
      return Math.min(...[...this.buffers.values()].map((buffer) => buffer.duration));
    }

    get position() {
      if (!this.isPlaying) return this.offset;
      return (this.offset + Math.max(this.context.currentTime - this.startsAt, 0)) % this.duration;
    }

    play() {
      if (this.isPlaying || !this.buffers.size) return;
      this.startsAt = this.context.currentTime + SOON_S;
      this.bus = new GainNode(this.context, { gain: 0 }); // a new one each time: the last may still be fading out
      this.bus.connect(this.destination);
      for (const [name, buffer] of this.buffers) {
        const source = new AudioBufferSourceNode(this.context, { buffer, loop: true, loopEnd: this.duration });
        const gain = new GainNode(this.context, { gain: name === this.current ? 1 : 0 });
        source.connect(gain).connect(this.bus);
        source.start(this.startsAt, this.offset);
        this.voices.set(name, { source, gain });
      }
      this.ramp(this.bus.gain, 1, EDGE_S, this.startsAt);
      this.isPlaying = true;
    }

    pause() {
      if (!this.isPlaying) return;
      this.offset = this.position;
      const now = this.context.currentTime;
      this.ramp(this.bus.gain, 0, EDGE_S, now);
      for (const { source } of this.voices.values()) source.stop(now + EDGE_S + 0.005);
      this.voices.clear();
      this.isPlaying = false;
    }

    select(name) {
      this.current = name;
      for (const [other, { gain }] of this.voices) {
        this.ramp(gain.gain, other === name ? 1 : 0, SWITCH_S, this.context.currentTime);
      }
    }

    seek(place) {
      const wasPlaying = this.isPlaying;
      this.pause();
      this.offset = ((place % this.duration) + this.duration) % this.duration;
      if (wasPlaying) this.play();
    }

    ramp(param, value, seconds, from) {
      const now = param.value;
      param.cancelScheduledValues(0);
      param.setValueAtTime(now, from);
      param.linearRampToValueAtTime(value, from + seconds);
    }
  }

  const bytesOf = (code) => {
    const text = atob(byId(`sound-${code}`).textContent.trim());
    const bytes = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
    return bytes.buffer;
  };

  let context = null, player = null;
  const decoded = new Map(); // the sounds of this trial: all of them at once would not fit into every memory

  const openAudio = async () => {
    if (!context) {
      try {
        context = new AudioContext({ sampleRate: study.sampleRate });
      } catch {
        context = new AudioContext();
      }
      player = new Player(context);
    }
    await Promise.race([context.resume(), new Promise((done) => setTimeout(done, 500))]);
  };

  const decode = async (codes) => {
    for (const code of [...decoded.keys()]) if (!codes.includes(code)) decoded.delete(code);
    for (const code of codes) {
      if (!decoded.has(code)) decoded.set(code, await context.decodeAudioData(bytesOf(code)));
    }
    return decoded;
  };

  // --------------------------------------------------------------------------------------------------- the session

  const random = (seed) => () => { // mulberry32: the same seed gives the same order when a session is continued
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };

  const shuffled = (list, next) => {
    const copy = [...list];
    for (let i = copy.length - 1; i > 0; i--) {
      const j = Math.floor(next() * (i + 1));
      [copy[i], copy[j]] = [copy[j], copy[i]];
    }
    return copy;
  };

  // The kinds of question come in blocks, what is liked first: an ear trained on differences judges otherwise.
  const orderFor = (seed) => {
    const next = random(seed);
    const ordered = shuffled(study.trials, next);
    return ["preference", "abx"].flatMap((kind) => ordered.filter((trial) => trial.kind === kind)).map((trial) => {
      const [a, b] = next() < 0.5 ? [trial.a, trial.b] : [trial.b, trial.a];
      return { ...trial, a, b, x: trial.kind === "abx" ? (next() < 0.5 ? a : b) : "" };
    });
  };

  const hex = (count) => [...crypto.getRandomValues(new Uint8Array(count))].map((b) => b.toString(16).padStart(2, "0")).join("");
  const newSession = () => ({ session: hex(8), seed: crypto.getRandomValues(new Uint32Array(1))[0], participant: "", answers: [] });
  const storeName = `eqmorph-study-${study.code}`;
  const remember = () => { try { localStorage.setItem(storeName, JSON.stringify(state)); } catch { /* then it is not kept */ } };
  const forget = () => { try { localStorage.removeItem(storeName); } catch { /* nothing was kept */ } };
  const remembered = () => {
    try {
      const kept = JSON.parse(localStorage.getItem(storeName));
      const isOurs = kept && /^[0-9a-f]{16}$/.test(kept.session) && Number.isInteger(kept.seed) && Array.isArray(kept.answers);
      return isOurs && kept.answers.length && kept.answers.length <= study.trials.length ? kept : null;
    } catch {
      return null;
    }
  };

  let state = newSession(), order = [], trial = null;

  const csv = () => [COLUMNS, ...state.answers.map((answer) => COLUMNS.map((column) => ({
    study: study.code, session: state.session, participant: state.participant, ...answer,
  })[column]))].map((row) => row.join(",")).join("\r\n") + "\r\n";

  // ---------------------------------------------------------------------------------------------------- the screens

  const show = (id) => {
    for (const section of document.querySelectorAll("main > section")) section.hidden = section.id !== id;
    const heading = document.querySelector(`#${id} h1`);
    if (heading) heading.focus();
    window.scrollTo(0, 0);
  };

  const fail = (why) => {
    byId("failed-why").textContent = why;
    show("failed");
  };

  const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
  const plural = (count, what) => `${count} ${what}${count === 1 ? "" : "s"}`;

  const welcome = () => {
    byId("welcome-length").textContent =
      `${plural(study.trials.length, "comparison")} of ${plural(study.itemCount, "sound")}, about ${plural(study.minutes, "minute")}.`;
    const kept = remembered();
    if (kept) {
      state = kept;
      byId("participant").value = kept.participant;
      const isComplete = kept.answers.length === study.trials.length;
      byId("start").textContent = isComplete ? "Save my answers" : `Continue with ${kept.answers.length + 1} of ${study.trials.length}`;
    } else {
      byId("start").textContent = "Start";
    }
    byId("restart").hidden = !kept;
    show("welcome");
  };

  const start = async () => {
    const field = byId("participant");
    const isValid = /^[A-Za-z0-9_-]{0,32}$/.test(field.value.trim());
    field.setAttribute("aria-invalid", String(!isValid));
    if (!isValid) {
      field.focus();
      byId("participant-help").textContent = "Only letters, digits, - and _, please.";
      return;
    }
    state.participant = field.value.trim();
    order = orderFor(state.seed);
    await openAudio();
    player.pause();
    await nextTrial();
  };

  const nextTrial = async () => {
    if (state.answers.length >= order.length) {
      finish();
      return;
    }
    const asked = order[state.answers.length];
    const names = asked.kind === "abx" ? { A: asked.a, B: asked.b, X: asked.x } : { A: asked.a, B: asked.b };
    let sounds;
    try {
      sounds = await decode([...new Set(Object.values(names))]);
    } catch (error) {
      fail(`A sound can't be decoded (${error.message || error}). A current Firefox, Chrome, Edge or Safari can play it.`);
      return;
    }
    player.load(new Map(Object.entries(names).map(([name, code]) => [name, sounds.get(code)])));
    trial = { asked, heard: Object.fromEntries(Object.keys(names).map((name) => [name, 0])), switches: 0, began: performance.now() };
    draw(Object.keys(names));
    show("trial");
  };

  const draw = (names) => {
    const { asked } = trial;
    const isAbx = asked.kind === "abx";
    byId("count").textContent = `Comparison ${state.answers.length + 1} of ${order.length}, sound ${study.items[asked.a]}`;
    byId("bar").max = order.length;
    byId("bar").value = state.answers.length;
    byId("question").textContent = isAbx ? "X is the same as A or B. Which one?" : study.question;
    byId("legend").textContent = isAbx ? "X is the same as" : "Your answer";
    byId("voices").replaceChildren(...names.map((name) => {
      const button = document.createElement("button");
      const small = document.createElement("small");
      button.type = "button";
      button.dataset.voice = name;
      button.setAttribute("aria-label", `Listen to ${name}`);
      small.setAttribute("aria-hidden", "true"); // the button is pressed or not, and the status says what is missing
      button.setAttribute("aria-keyshortcuts", name);
      button.append(name, small);
      button.addEventListener("click", () => listen(name));
      return button;
    }));
    const choices = isAbx ? [["a", "A"], ["b", "B"]] : [["a", "A"], ["b", "B"], ["same", "No difference"]];
    byId("choices").replaceChildren(...choices.map(([value, text]) => {
      const label = document.createElement("label");
      const radio = document.createElement("input");
      radio.type = "radio";
      radio.name = "answer";
      radio.value = value;
      radio.disabled = true;
      radio.addEventListener("change", update);
      label.append(radio, text);
      return label;
    }));
    byId("next").textContent = state.answers.length + 1 === order.length ? "Finish" : "Next";
    byId("status").textContent = "";
    update();
    tick();
  };

  const chosen = () => document.querySelector("#choices input:checked");
  const needed = () => Math.min(HEARD_S, player.duration * 0.8);
  const unheard = () => Object.keys(trial.heard).filter((name) => trial.heard[name] < needed());

  const listen = (name) => {
    if (!player.buffers.has(name)) return;
    if (player.current !== name) trial.switches++;
    player.select(name);
    context.resume();
    player.play();
    update();
  };

  const toggle = () => {
    if (player.isPlaying) player.pause();
    else {
      context.resume();
      player.play();
    }
    update();
  };

  const update = () => {
    for (const button of document.querySelectorAll("#voices button")) {
      const name = button.dataset.voice;
      const isOn = player.isPlaying && player.current === name;
      button.setAttribute("aria-pressed", String(isOn));
      button.querySelector("small").textContent = isOn ? "playing" : trial.heard[name] >= needed() ? "heard" : "";
    }
    byId("play").textContent = player.isPlaying ? "Pause" : "Play";
    const missing = unheard();
    for (const radio of document.querySelectorAll("#choices input")) radio.disabled = missing.length > 0;
    byId("next").disabled = missing.length > 0 || !chosen();
    const status = missing.length ? `Listen to ${missing.join(" and ")} first.` : chosen() ? "" : "Now choose an answer.";
    if (byId("status").textContent !== status) byId("status").textContent = status;
  };

  const tick = () => {
    if (!player || !trial) return;
    const place = player.position;
    byId("place").value = Math.round(1000 * place / player.duration);
    byId("place").setAttribute("aria-valuetext", `${clock(place)} of ${clock(player.duration)}`);
    byId("time").textContent = `${clock(place)} / ${clock(player.duration)}`;
  };

  let last = performance.now();
  setInterval(() => {
    const now = performance.now();
    const passed = Math.min((now - last) / 1000, 0.5);
    last = now;
    if (!player || !trial || !player.isPlaying || context.state !== "running" || byId("trial").hidden) return;
    const before = trial.heard[player.current];
    trial.heard[player.current] = before + passed;
    if (before < needed() && before + passed >= needed()) update();
    tick();
  }, 50);

  const answer = async () => {
    if (byId("next").disabled) return;
    const { asked } = trial;
    const seconds = ((performance.now() - trial.began) / 1000).toFixed(1);
    state.answers.push({
      position: state.answers.length + 1, trial: asked.name, kind: asked.kind, a: asked.a, b: asked.b, x: asked.x,
      answer: chosen().value, seconds, switches: trial.switches,
    });
    byId("next").disabled = true;
    player.pause();
    remember();
    await nextTrial();
  };

  const stop = () => {
    if (state.answers.length) finish();
    else {
      player.pause();
      trial = null;
      welcome();
    }
  };

  const finish = () => {
    if (player) player.pause();
    byId("goon").hidden = state.answers.length === study.trials.length;
    trial = null;
    byId("done-length").textContent = `${state.answers.length} of ${plural(study.trials.length, "comparison")} answered.`;
    byId("csv").value = csv();
    byId("save").disabled = !state.answers.length;
    byId("again").disabled = true; // not before the answers are saved: then they are forgotten
    byId("saved").textContent = "";
    show("done");
  };

  const save = () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([csv()], { type: "text/csv" }));
    link.download = `answers-${study.code.slice(0, 6)}-${state.session.slice(0, 8)}.csv`;
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    byId("again").disabled = false;
    byId("saved").textContent = `Saved as ${link.download}, where your downloads are.`;
  };

  const begin = () => {
    forget();
    state = newSession();
    byId("participant").value = "";
    welcome();
  };

  // ------------------------------------------------------------------------------------------------------- the keys

  const check = async () => {
    await openAudio();
    const button = byId("check");
    if (player.isPlaying) player.pause();
    else {
      const code = study.trials[0].a;
      player.load(new Map([["A", (await decode([code])).get(code)]]));
      player.play();
    }
    button.setAttribute("aria-pressed", String(player.isPlaying));
    button.textContent = player.isPlaying ? "Stop" : "Play a sound";
  };

  byId("check").addEventListener("click", () => check().catch((error) => fail(String(error.message || error))));
  byId("start").addEventListener("click", () => {
    byId("check").textContent = "Play a sound";
    byId("check").setAttribute("aria-pressed", "false");
    start().catch((error) => fail(String(error.message || error)));
  });
  byId("restart").addEventListener("click", begin);
  byId("again").addEventListener("click", begin);
  byId("play").addEventListener("click", toggle);
  byId("next").addEventListener("click", answer);
  byId("stop").addEventListener("click", stop);
  byId("goon").addEventListener("click", () => start().catch((error) => fail(String(error.message || error))));
  byId("save").addEventListener("click", save);
  byId("place").addEventListener("input", (event) => {
    player.seek(player.duration * Math.min(event.target.value / 1000, 0.999));
    tick();
  });

  document.addEventListener("keydown", (event) => {
    if (byId("trial").hidden || event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target;
    const isControl = target.matches("button, summary, textarea, input:not([type=range]):not([type=radio])");
    const isChoosing = target.matches("input");
    const key = event.key.length === 1 ? event.key.toUpperCase() : event.key;
    const pick = { 1: "a", 2: "b", 0: "same" }[key];
    if (["A", "B", "X"].includes(key)) listen(key);
    else if (key === " " && !isControl && !target.matches("input[type=radio]:not(:checked)")) toggle();
    else if (key === "ArrowLeft" && !isChoosing) player.seek(player.position - SEEK_S);
    else if (key === "ArrowRight" && !isChoosing) player.seek(player.position + SEEK_S);
    else if (key === "Home" && !isChoosing) player.seek(0);
    else if (pick) {
      const radio = document.querySelector(`#choices input[value="${pick}"]:enabled`);
      if (!radio) return;
      radio.checked = true;
      radio.focus();
      update();
    } else if (key === "Enter" && !isControl) answer();
    else return;
    tick();
    event.preventDefault();
  });

  window.addEventListener("beforeunload", (event) => {
    if (trial && state.answers.length) event.preventDefault();
  });

  // For whoever checks what is heard: the player that the page uses, on any audio context.
  window.eqmorphStudy = { Player, bytesOf, study, orderFor, get player() { return player; }, get trial() { return trial; }, csv };

  if (!("AudioContext" in window)) fail("It has no Web Audio. A current Firefox, Chrome, Edge or Safari can play it.");
  else welcome();
})();
