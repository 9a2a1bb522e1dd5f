"""The presenter's caption: which preset runs and what it shows, the one before and the next, by key or by clock."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from metalearn_gui.bridge.session import RunState, Session
from metalearn_gui.engine.presets import PRESETS
from metalearn_gui.ui.elided_label import ElidedLabel
from metalearn_gui.ui.icons import icon
from metalearn_gui.ui.named import named
from metalearn_gui.ui.text import duration_text
from metalearn_gui.ui.theme import small_capitals_font, theme, ui_font
from metalearn_gui.ui.translated import Translated

HEIGHT = 108  # 184 at the presenter's type
LEFT = 90  # where the cards beside the rail begin
SECONDS_EACH = 45  # of a preset that runs by itself
TICK_MS = 1000
SHOWN = tuple(key for key, preset in PRESETS.items() if not preset.settings.tasks.needs_data)


class CaptionBar(Translated, QFrame):
    """Turns from preset to preset; `play` does so unattended and runs each."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("caption_bar")
        self._session = session
        self.setProperty("kind", "foot")
        self.setFixedHeight(HEIGHT)
        self._place, self._title, self._text = QLabel(self), ElidedLabel("", self), QLabel(self)
        self._clock_label = QLabel(self)
        self._back = named(QPushButton(self), "caption_back")
        self._next = named(QPushButton(self), "caption_next")
        self._play = named(QPushButton(self), "caption_play")
        self._play.setCheckable(True)
        self._seconds_left = 0
        self._clock = QTimer(self, interval=TICK_MS)
        self._clock.timeout.connect(self._tick)
        self._dress()
        self._arrange()
        self._back.clicked.connect(lambda: self.turn(-1))
        self._next.clicked.connect(lambda: self.turn(1))
        self._play.toggled.connect(self._toggle_play)
        session.settingsChanged.connect(self._show_preset)
        theme().changed.connect(self._restyle)
        self.retranslate()
        self._restyle()

    def _dress(self) -> None:
        self._place.setFont(small_capitals_font())
        self._place.setProperty("tone", "accent")
        self._title.setFont(ui_font(17, 700))
        self._text.setFont(ui_font(12.5))
        self._text.setWordWrap(True)
        self._clock_label.setFont(ui_font(11))
        self._clock_label.setProperty("tone", "muted")
        self._next.setProperty("kind", "accent")
        for button in (self._back, self._next, self._play):
            button.setFont(ui_font(12.5, 600))
            button.setFixedHeight(36)
        self._next.setLayoutDirection(Qt.LayoutDirection.RightToLeft)  # its arrow points at what comes

    def _arrange(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(2)
        for label in (self._place, self._title, self._text):
            words.addWidget(label)
        words.addStretch(1)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self._play, self._back, self._next):
            buttons.addWidget(button)
        right = QVBoxLayout()
        right.setSpacing(6)
        right.addWidget(self._clock_label)
        right.addLayout(buttons)
        right.addStretch(1)
        line = QHBoxLayout(self)
        line.setContentsMargins(LEFT, 12, 14, 8)
        line.setSpacing(20)
        line.addLayout(words, 1)
        line.addLayout(right)

    # --- turning ----------------------------------------------------------------------------------

    def turn(self, by: int) -> None:
        """So many presets on; runs it where presets run by themselves."""
        self._session.load_preset(self._key_at(by))
        self._seconds_left = SECONDS_EACH
        if self._clock.isActive():
            self._run()

    def _key_at(self, by: int) -> str:
        key = self._session.preset_key
        at = SHOWN.index(key) if key in SHOWN else -1 if by > 0 else 0
        return SHOWN[(at + by) % len(SHOWN)]

    @property
    def is_playing(self) -> bool:
        """Whether presets follow one another by themselves."""
        return self._clock.isActive()

    def play(self) -> None:
        """One preset after the other, unattended, round and round."""
        self._play.setChecked(True)

    def stop(self) -> None:
        """Stay with what is shown."""
        self._play.setChecked(False)

    def _toggle_play(self, on: bool) -> None:
        if on:
            self._seconds_left = SECONDS_EACH
            self._clock.start()
            self._run()
        else:
            self._clock.stop()
        self._show_clock()

    def _run(self) -> None:
        if self._session.can_run and self._session.run_state in (RunState.IDLE, RunState.PAUSED):
            self._session.toggle()

    def _tick(self) -> None:
        self._seconds_left -= 1
        if self._seconds_left <= 0:
            self.turn(1)
        self._show_clock()

    # --- texts and colours --------------------------------------------------------------------------

    def _show_preset(self) -> None:
        key = self._session.preset_key
        preset = PRESETS.get(key)
        place = SHOWN.index(key) + 1 if key in SHOWN else 0
        counted = self.tr("Preset {place} of {all}").format(place=place, all=len(SHOWN))
        self._place.setText(counted if place else self.tr("Own settings"))
        settings = self._session.settings
        self._title.setText(preset.label if preset else f"{settings.learner.label} · {settings.tasks.label}")
        self._text.setText(preset.summary if preset else settings.learner.summary)
        following = PRESETS[self._key_at(1)].label
        self._next.setText(self.tr("Next: {preset}").format(preset=following))
        self._next.setAccessibleName(self._next.text())

    def _show_clock(self) -> None:
        text = self.tr("next in {time}").format(time=duration_text(self._seconds_left))
        self._clock_label.setText(text if self.is_playing else "")

    def retranslate(self) -> None:
        """Write every visible text."""
        self._play.setText(self.tr("Autoplay"))
        self._back.setText(self.tr("Previous"))
        texts = {
            self._play: self.tr("One preset after the other, unattended"),
            self._back: self.tr("The preset before (Page Up)"),
            self._next: self.tr("The next preset (Page Down)"),
        }
        for button, text in texts.items():
            button.setToolTip(text)
            button.setAccessibleName(button.text())
        self._show_preset()
        self._show_clock()

    def _restyle(self) -> None:
        self._play.setIcon(icon("play"))
        self._back.setIcon(icon("chevron_left"))
        self._next.setIcon(icon("chevron_right", theme().palette.on_accent))
