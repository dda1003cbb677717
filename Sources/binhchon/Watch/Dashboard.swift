internal import Schema

/// What an official sees of a poll, and what becomes of it with every key, update and answer. Decides and does nothing:
/// what is to be done is told as actions.
struct Dashboard: Sendable, Equatable {
  enum Pane: Sendable, Equatable { case units, alerts }

  enum Event: Sendable {
    case key(Key)
    case tick
    /// Of the watch that was begun as the `watch`-th.
    case feed(FeedEvent, watch: Int)
    case poll(Binhchon_V1_Poll)
    case figures(Result<Figures, Refusal>, of: View)
    case alerts(Result<[Binhchon_V1_Alert], Refusal>)
    case updated(Result<Binhchon_V1_Alert, Refusal>)
  }

  enum Action: Sendable, Equatable {
    case quit
    case interrupt
    /// End the watch there is and begin one of the unit that is shown now.
    case watch
    case figures(View)
    case alerts
    /// With an act id of its own.
    case update(Binhchon_V1_UpdateAlertRequest)
  }

  /// What figures are asked for.
  struct View: Sendable, Equatable {
    var unit: String
    var window: Binhchon_V1_Window
    /// yyyy-mm-dd.
    var today: String
  }

  /// By unit, and by day of the last fourteen; nil: days are not published.
  struct Figures: Sendable, Equatable {
    var units: Binhchon_V1_GetFiguresResponse
    var days: Binhchon_V1_GetFiguresResponse?
  }

  enum Loaded<Value: Sendable & Equatable>: Sendable, Equatable {
    case waiting
    case here(Value)
    /// And why; nobody asks again.
    case refused(Text)
  }

  /// What is being typed, about an alert.
  struct Prompt: Sendable, Equatable {
    enum Subject: Sendable, Equatable { case owner, due, comment, close }
    var subject: Subject
    var alert: Binhchon_V1_Alert
    var text = ""
  }

  /// Milliseconds between two askings.
  static let figuresInterval: Int64 = 3_000
  static let alertsInterval: Int64 = 5_000
  static let mostTyped = 200

  private(set) var watch: WatchModel
  /// Which watch's events are taken.
  private(set) var watchNumber = 0
  /// The units that backspace goes back to, outermost first.
  private(set) var path: [String] = []
  private(set) var figures = Loaded<Figures>.waiting
  private(set) var alerts = Loaded<[Binhchon_V1_Alert]>.waiting
  private(set) var order = UnitRow.Order.name
  private(set) var pane = Pane.units
  private(set) var prompt: Prompt?
  /// What became of the last thing done; until the next key.
  private(set) var notice: Text?
  private(set) var isHelping = false
  private var unitCursor: String?
  private var alertCursor: String?

  private var askedFigures = Asking()
  private var askedAlerts = Asking()

  /// One question at a time, and not too often.
  private struct Asking: Sendable, Equatable {
    var isUnderWay = false
    var at: Int64?

    func isDue(_ now: Int64, _ interval: Int64) -> Bool {
      guard !isUnderWay else { return false }
      guard let at, at <= now else { return true }
      let (age, overflow) = now.subtractingReportingOverflow(at)
      return overflow || age >= interval
    }
  }
  /// What ``figures`` are of.
  private(set) var shownView: View?
  private var shownRevision: UInt64 = 0

  /// The unit that the page began with, which alerts are listed of; empty: the caller's.
  let start: String

  init(_ watch: WatchModel) {
    self.watch = watch
    start = watch.unit
  }

  var language: Language { watch.language }

  /// - Parameter now: milliseconds since 1970, by a clock that runs like the server's.
  mutating func handle(_ event: Event, now: Int64) -> [Action] {
    var actions: [Action] = []
    switch event {
    case .key(let key): actions = press(key, now)
    case .tick: break
    case .feed(let event, let number):
      // Another watch has taken its place.
      guard number == watchNumber else { break }
      switch event {
      case .update(let update): watch.receive(update)
      case .lost: watch.disconnected()
      }
    case .poll(let poll): watch.republished(poll)
    case .figures(let result, let view): receive(result, of: view)
    case .alerts(let result): receive(result)
    case .updated(let result): updated(result)
    }
    return actions + questions(now)
  }

  // MARK: - What is asked for

  private var view: View? {
    watch.tally.map { View(unit: $0.unit, window: watch.window, today: $0.today) }
  }

  /// What is due now. Nothing is asked over a connection that is not there.
  private mutating func questions(_ now: Int64) -> [Action] {
    guard watch.link == .live, let view else { return [] }
    var actions: [Action] = []
    var isRefused = false
    if case .refused = figures { isRefused = true }
    let isOld = view != shownView || (watch.tally?.revision ?? 0) > shownRevision
    // What somebody has just chosen is not kept waiting.
    let interval = view == shownView ? Self.figuresInterval : 0
    if !isRefused, isOld, askedFigures.isDue(now, interval) {
      askedFigures = Asking(isUnderWay: true, at: now)
      actions.append(.figures(view))
    }
    if case .refused = alerts { return actions }
    if askedAlerts.isDue(now, Self.alertsInterval) {
      askedAlerts = Asking(isUnderWay: true, at: now)
      actions.append(.alerts)
    }
    return actions
  }

  private mutating func receive(_ result: Result<Figures, Refusal>, of view: View) {
    askedFigures.isUnderWay = false
    switch result {
    case .success(let new):
      // Somebody has gone on meanwhile.
      guard view == self.view else { return }
      figures = .here(new)
      (shownView, shownRevision) = (view, new.units.revision)
      keepCursors()
    case .failure(let refusal):
      // What is shown stays; it is asked for again after a while.
      guard !refusal.isTransient else {
        shownView = view
        return
      }
      figures = .refused(refusal.spoken)
    }
  }

  private mutating func receive(_ result: Result<[Binhchon_V1_Alert], Refusal>) {
    askedAlerts.isUnderWay = false
    switch result {
    case .success(let new):
      alerts = .here(new)
      keepCursors()
    case .failure(let refusal):
      if !refusal.isTransient { alerts = .refused(refusal.spoken) }
    }
  }

  private mutating func updated(_ result: Result<Binhchon_V1_Alert, Refusal>) {
    // In either case there is news.
    askedAlerts.at = nil
    switch result {
    case .success(let alert):
      notice = Text(vi: "đã ghi", en: "recorded")
      guard case .here(var known) = alerts, let place = known.firstIndex(where: { $0.key == alert.key }) else { return }
      if alert.closedBy.isEmpty { known[place] = alert } else { known.remove(at: place) }
      alerts = .here(known)
      keepCursors()
    case .failure(let refusal): notice = refusal.spoken
    }
  }

  // MARK: - What is shown

  /// In the order that was chosen.
  var rows: [UnitRow] {
    guard case .here(let figures) = figures, let unit = watch.tally?.unit else { return [] }
    return UnitRow.table(figures.units, watch.poll, question: watch.question, of: unit, by: order, language)
  }

  var listedAlerts: [Binhchon_V1_Alert] { if case .here(let alerts) = alerts { alerts } else { [] } }

  /// The place of the line that keys are about.
  var unitPlace: Int { rows.firstIndex { $0.unit == unitCursor } ?? 0 }
  var alertPlace: Int { listedAlerts.firstIndex { $0.key == alertCursor } ?? 0 }

  /// A line that is gone leaves the cursor on the first.
  private mutating func keepCursors() {
    if unitCursor == nil || !rows.contains(where: { $0.unit == unitCursor }) { unitCursor = rows.first?.unit }
    if alertCursor == nil || !listedAlerts.contains(where: { $0.key == alertCursor }) {
      alertCursor = listedAlerts.first?.key
    }
  }

  // MARK: - Keys

  private mutating func press(_ key: Key, _ now: Int64) -> [Action] {
    notice = nil
    if prompt != nil { return type(key, now) }
    if isHelping, key != .interrupt {
      isHelping = false
      return []
    }
    switch key {
    case .interrupt: return [.interrupt]
    case .character("q"), .character("Q"): return [.quit]
    case .character("?"), .character("h"): isHelping = true
    case .up, .character("k"): move(-1)
    case .down, .character("j"): move(1)
    case .tab, .backTab, .character("a"): pane = pane == .units ? .alerts : .units
    case .right, .character("w"): watch.moveWindow(1)
    case .left, .character("W"): watch.moveWindow(-1)
    case .character("l"), .character("L"): watch.changeLanguage()
    case .character("n"), .character("N"): watch.nextQuestion()
    case .character("s"):
      let all = UnitRow.Order.allCases
      order = all[((all.firstIndex(of: order) ?? 0) + 1) % all.count]
    case .enter: return pane == .units ? drill() : []
    case .backspace: return up()
    case .character(" "): return acknowledge()
    case .character("o"): ask(.owner)
    case .character("d"): ask(.due)
    case .character("c"): ask(.comment)
    case .character("x"): ask(.close)
    case .character(let character): if let digit = character.wholeNumberValue { watch.showWindow(digit) }
    case .mouse, .unknown: break
    }
    return []
  }

  private mutating func move(_ step: Int) {
    switch pane {
    case .units:
      let rows = rows
      if !rows.isEmpty { unitCursor = rows[min(max(0, unitPlace + step), rows.count - 1)].unit }
    case .alerts:
      let alerts = listedAlerts
      if !alerts.isEmpty { alertCursor = alerts[min(max(0, alertPlace + step), alerts.count - 1)].key }
    }
  }

  private mutating func drill() -> [Action] {
    let (rows, place) = (rows, unitPlace)
    guard rows.indices.contains(place), let unit = watch.tally?.unit else { return [] }
    guard rows[place].unit != unit else {
      notice = Text(vi: "không có đơn vị nào bên dưới", en: "there is no unit below")
      return []
    }
    path.append(unit)
    return show(rows[place].unit, cursor: nil)
  }

  private mutating func up() -> [Action] {
    guard let unit = path.popLast() else { return [] }
    return show(unit, cursor: watch.unit)
  }

  private mutating func show(_ unit: String, cursor: String?) -> [Action] {
    watch.show(unit: unit)
    watchNumber += 1
    (figures, shownView, shownRevision) = (.waiting, nil, 0)
    askedFigures = Asking()
    unitCursor = cursor
    return [.watch]
  }

  // MARK: - Alerts

  private var selected: Binhchon_V1_Alert? {
    let (alerts, place) = (listedAlerts, alertPlace)
    return pane == .alerts && alerts.indices.contains(place) ? alerts[place] : nil
  }

  private mutating func acknowledge() -> [Action] {
    guard let alert = selected else { return [] }
    guard alert.acknowledgedBy.isEmpty else {
      notice = Text(vi: "\(alert.acknowledgedBy) đã nhận", en: "acknowledged by \(alert.acknowledgedBy) already")
      return []
    }
    return [.update(Self.request(alert) { $0.acknowledge = "" })]
  }

  private mutating func ask(_ subject: Prompt.Subject) {
    guard let alert = selected else { return }
    prompt = Prompt(subject: subject, alert: alert, text: subject == .owner ? alert.owner : "")
  }

  private static func request(
    _ alert: Binhchon_V1_Alert, _ change: (inout Binhchon_V1_UpdateAlertRequest) -> Void
  ) -> Binhchon_V1_UpdateAlertRequest {
    var request = Binhchon_V1_UpdateAlertRequest()
    request.key = alert.key
    request.after = alert.acts
    change(&request)
    return request
  }

  private mutating func type(_ key: Key, _ now: Int64) -> [Action] {
    guard var prompt else { return [] }
    switch key {
    case .interrupt: self.prompt = nil
    case .backspace where prompt.text.isEmpty: self.prompt = nil
    case .backspace:
      prompt.text.removeLast()
      self.prompt = prompt
    case .character(let character):
      if prompt.text.utf8.count + character.utf8.count <= Self.mostTyped { prompt.text.append(character) }
      self.prompt = prompt
    case .enter: return finish(prompt, now)
    case .tab, .backTab, .left, .right, .up, .down, .mouse, .unknown: break
    }
    return []
  }

  private mutating func finish(_ prompt: Prompt, _ now: Int64) -> [Action] {
    let alert = prompt.alert
    switch prompt.subject {
    case .owner:
      self.prompt = nil
      return [
        .update(
          Self.request(alert) { request in
            request.assign = .with { ($0.owner, $0.dueMs) = (prompt.text, alert.dueMs) }
          })
      ]
    case .due:
      guard let due = DueTime.milliseconds(prompt.text, now: now) else {
        notice = Text(
          vi: "gõ ngày 25/12, 25/12/2026 14:30, hoặc +3", en: "type 25/12, 25/12/2026 14:30, or +3 for in three days")
        return []
      }
      self.prompt = nil
      return [
        .update(
          Self.request(alert) { request in request.assign = .with { ($0.owner, $0.dueMs) = (alert.owner, due) } })
      ]
    case .comment:
      self.prompt = nil
      return prompt.text.isEmpty ? [] : [.update(Self.request(alert) { $0.comment = prompt.text })]
    case .close:
      self.prompt = nil
      return [.update(Self.request(alert) { $0.close = prompt.text })]
    }
  }
}

extension Refusal {
  /// For a page: why, in one line.
  fileprivate var spoken: Text { why ?? Text(verbatim: message) }
}
