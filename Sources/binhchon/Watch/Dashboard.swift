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

  /// By unit, by hour of today, and by day of the last fourteen; nil: hours or days are not published.
  struct Figures: Sendable, Equatable {
    var units: Binhchon_V1_GetFiguresResponse
    var hours: Binhchon_V1_GetHoursResponse?
    var days: Binhchon_V1_GetFiguresResponse?
  }

  /// Milliseconds between two askings.
  static let figuresInterval: Int64 = 3_000
  static let alertsInterval: Int64 = 5_000

  private(set) var watch: WatchModel
  /// Which watch's events are taken.
  private(set) var watchNumber = 0
  /// The units that backspace goes back to, outermost first.
  private(set) var path: [String] = []
  private var figuresInquiry = Inquiry<Figures>()
  private var alertsInquiry = Inquiry<[Binhchon_V1_Alert]>()
  private(set) var order = UnitRow.Order.name
  private(set) var pane = Pane.units
  private(set) var prompt: AlertPrompt?
  /// What became of the last thing done; until the next key.
  private(set) var notice: Text?
  private(set) var isHelping = false
  private var unitCursor: String?
  private var alertCursor: String?
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
  var figures: Inquiry<Figures>.State { figuresInquiry.state }
  var alerts: Inquiry<[Binhchon_V1_Alert]>.State { alertsInquiry.state }

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
    case .alerts(let result):
      alertsInquiry.receive(result)
      keepCursors()
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
    let isOld = view != shownView || (watch.tally?.revision ?? 0) > shownRevision
    // What somebody has just chosen is not kept waiting.
    if isOld, figuresInquiry.begin(now, interval: view == shownView ? Self.figuresInterval : 0) {
      actions.append(.figures(view))
    }
    if alertsInquiry.begin(now, interval: Self.alertsInterval) { actions.append(.alerts) }
    return actions
  }

  private mutating func receive(_ result: Result<Figures, Refusal>, of view: View) {
    switch result {
    case .success(let new):
      // Somebody has gone on meanwhile.
      guard view == self.view else { return figuresInquiry.ended() }
      (shownView, shownRevision) = (view, new.units.revision)
    case .failure(let refusal):
      // What is shown stays; it is asked for again after a while.
      if refusal.isTransient { shownView = view }
    }
    figuresInquiry.receive(result)
    keepCursors()
  }

  private mutating func updated(_ result: Result<Binhchon_V1_Alert, Refusal>) {
    // In either case there is news.
    alertsInquiry.hurry()
    switch result {
    case .success(let alert):
      notice = Text(vi: "đã ghi", en: "recorded")
      alertsInquiry.amend { known in
        guard let place = known.firstIndex(where: { $0.key == alert.key }) else { return }
        if alert.closedBy.isEmpty { known[place] = alert } else { known.remove(at: place) }
      }
      keepCursors()
    case .failure(let refusal): notice = refusal.spoken
    }
  }

  // MARK: - What is shown

  /// In the order that was chosen.
  var rows: [UnitRow] {
    guard let figures = figuresInquiry.answer, let unit = watch.tally?.unit else { return [] }
    return UnitRow.table(figures.units, watch.poll, question: watch.question, of: unit, by: order, language)
  }

  var listedAlerts: [Binhchon_V1_Alert] { alertsInquiry.answer ?? [] }

  /// The place of the line that keys are about.
  var unitPlace: Int { rows.firstIndex { $0.unit == unitCursor } ?? 0 }
  var alertPlace: Int { listedAlerts.firstIndex { $0.key == alertCursor } ?? 0 }

  /// A line that is gone leaves the cursor on the first.
  private mutating func keepCursors() {
    let rows = rows
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
    figuresInquiry = Inquiry()
    (shownView, shownRevision) = (nil, 0)
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
    return [.update(alert.request(.acknowledge("")))]
  }

  private mutating func ask(_ subject: AlertPrompt.Subject) {
    guard let alert = selected else { return }
    prompt = AlertPrompt(subject: subject, alert: alert, text: subject == .owner ? alert.owner : "")
  }

  private mutating func type(_ key: Key, _ now: Int64) -> [Action] {
    switch prompt?.take(key, now: now) {
    case .typing, nil: return []
    case .dropped:
      prompt = nil
      return []
    case .wrong(let why):
      notice = why
      return []
    case .done(let request):
      prompt = nil
      return [.update(request)]
    }
  }
}
