/// What a kiosk page shows, and what happens to it. Time is an instant handed in, in milliseconds of any steady clock.
///
/// One citizen after another: whatever one of them chose, typed or scanned is forgotten before the next.
struct KioskStateMachine: Sendable, Equatable {
  /// How much longer than the thanks the page says that a dossier was rated before.
  static let notice: Int64 = 2_000
  /// Who has answered nothing after the rating for so long, or half the time that the poll gives, has gone: the next one
  /// begins with another rating.
  static let untouched: Int64 = 15_000
  /// Nobody has read a question earlier than so long after it appeared.
  static let reading: Int64 = 400

  private(set) var page = Page.starting
  private(set) var language: KioskLanguage
  private(set) var delivery = DeliveryState()
  private(set) var form: KioskForm?
  /// Citizens may name a dossier.
  let takesDossier: Bool
  /// Keys do not end it.
  let isLocked: Bool
  /// Before there is a poll.
  private let initial: KioskLanguage
  /// Nil: the poll's own first.
  private let preferred: KioskLanguage?
  private var lastKey: Int64 = 0
  /// When a question went away because nobody answered it.
  private var questionsLeft: Int64?
  private var isOpen = false
  private var isFit = true
  private var refusal: String?
  /// Why the server cannot take ballots of this form yet.
  private var unready: String?

  /// - Parameters:
  ///   - language: before there is a poll.
  ///   - preferred: the language that the next citizen finds, if the poll offers it; nil: the poll's own first.
  init(language: Language, preferred: Language? = nil, takesDossier: Bool = false, isLocked: Bool = false) {
    initial = KioskLanguage(language)
    self.language = initial
    self.preferred = preferred.map(KioskLanguage.init)
    self.takesDossier = takesDossier
    self.isLocked = isLocked
  }

  var manners: KioskManners { form?.manners ?? KioskManners() }
  /// Whether a dossier's number may be scanned here.
  var hasScanner: Bool { takesDossier || form?.needsDossier == true }

  mutating func handle(_ event: Event, now: Int64) -> [Action] {
    // The tick that would have ended it may come later than the next person.
    var actions = expire(now)
    switch event {
    case .tick: return actions
    case .end: return actions + leave()
    case .key, .touch, .scan, .unreadableScan: break
    }
    lastKey = now
    if isTooSoon(event, now) { return actions }
    // The notice stays while nobody comes.
    if case .thanking(let thanks) = page, now >= thanks.until { actions += leave() }
    switch event {
    case .tick, .end: break
    case .key(let key): actions += press(key, now)
    case .touch(let target): actions += touch(target, now)
    case .scan(let text): actions += scan(DossierNumber.read(text))
    case .unreadableScan: actions += scan(nil)
    }
    return actions
  }

  // MARK: Somebody is there

  /// The bounce of a key, or a second tap, answers no question that has not been read; and an answer to one that has just
  /// gone is no rating.
  private func isTooSoon(_ event: Event, _ now: Int64) -> Bool {
    var since = questionsLeft
    if case .reasons(let reasons) = page { since = reasons.since }
    guard let since, now < since + Self.reading else { return false }
    switch event {
    case .key(let key): return key != .interrupt
    case .touch: return true
    case .scan, .unreadableScan, .tick, .end: return false
    }
  }

  private mutating func press(_ key: Key, _ now: Int64) -> [Action] {
    if key == .interrupt { return isLocked ? [] : [.quit] }
    if key == .tab { return touch(.language, now) }
    if case .identifying(let typed, _) = page { return type(key, typed, now) }
    if key == .character("l") || key == .character("L") { return touch(.language, now) }
    if case .reasons(let reasons) = page {
      switch key {
      case .enter, .character("+"): return touch(.confirm, now)
      case .backspace, .character("-"): return touch(.skip, now)
      case .character("*"): return touch(.stop, now)
      case .character(let character):
        if let choice = reasons.followUp.choice(for: character) { return touch(.reason(choice), now) }
        return character == reasons.followUp.skipKey ? touch(.skip, now) : []
      default: return []
      }
    }
    switch key {
    case .character("d"), .character("D"), .character("/"): return touch(.dossier, now)
    case .character(let character): return form?.choice(for: character).map { touch(.choice($0), now) } ?? []
    default: return []
    }
  }

  private mutating func type(_ key: Key, _ typed: String, _ now: Int64) -> [Action] {
    switch key {
    case .character(let character):
      guard (typed + String(character)).utf8.count <= DossierNumber.longest else { return [] }
      page = .identifying(typed: typed + String(character), isUnreadable: false)
      return []
    case .backspace:
      if typed.isEmpty { return touch(.skip, now) }
      page = .identifying(typed: String(typed.dropLast()), isUnreadable: false)
      return []
    case .enter: return touch(.confirm, now)
    default: return []
    }
  }

  private mutating func touch(_ target: KioskTarget, _ now: Int64) -> [Action] {
    if target == .language {
      language = manners.language(after: language)
      return []
    }
    switch (page, target) {
    case (.asking(let dossier, _), .choice(let choice)): return rate(choice, dossier)
    case (.thanking, .choice(let choice)):
      guard let form, form.choices.indices.contains(choice), !form.needsDossier else { return [] }
      return [.take(Rating(choice: choice, isRepetition: true))]
    case (.asking, .dossier):
      if hasScanner { page = .identifying(typed: "", isUnreadable: false) }
      return []
    case (.identifying(let typed, _), .confirm):
      if typed.isEmpty { return [] }
      return scan(DossierNumber.read(typed))
    case (.identifying, .skip):
      page = home
      return []
    case (.reasons(let reasons), .reason(let place)): return pick(place, reasons, now)
    case (.reasons(let reasons), .confirm): return answer(reasons, reasons.picked, now)
    case (.reasons(let reasons), .skip): return answer(reasons, [], now)
    case (.reasons(var reasons), .stop):
      reasons.queue.answer(reasons.picked)
      thank(reasons.tap, reasons.label, now)
      return [.complete(tap: reasons.tap, reasons.answers)]
    default: return []
    }
  }

  private func rate(_ choice: Int, _ dossier: String?) -> [Action] {
    guard let form, form.choices.indices.contains(choice) else { return [] }
    return [.take(Rating(choice: choice, dossier: dossier, isOpen: form.followUps(after: choice).next != nil))]
  }

  private mutating func pick(_ place: Int, _ reasons: Reasons, _ now: Int64) -> [Action] {
    guard reasons.followUp.choices.indices.contains(place) else { return [] }
    // Where one is all there can be, that is the answer.
    if reasons.followUp.votesAllowed <= 1 { return answer(reasons, [place], now) }
    var reasons = reasons
    if reasons.picked.remove(place) == nil, reasons.picked.count < reasons.followUp.votesAllowed {
      reasons.picked.insert(place)
    }
    page = .reasons(reasons)
    return []
  }

  private mutating func answer(_ reasons: Reasons, _ picked: Set<Int>, _ now: Int64) -> [Action] {
    var reasons = reasons
    reasons.queue.answer(picked)
    if let next = reasons.queue.next {
      reasons.followUp = next
      reasons.since = now
      reasons.picked = []
      page = .reasons(reasons)
      return []
    }
    thank(reasons.tap, reasons.label, now)
    return [.complete(tap: reasons.tap, reasons.answers)]
  }

  /// Nil: it could not be read.
  private mutating func scan(_ dossier: String?) -> [Action] {
    guard hasScanner else { return [] }
    switch page {
    case .starting, .resting: return []
    case .asking, .identifying, .apologising: break
    case .reasons, .thanking:
      // Nobody's: whoever stands there goes on.
      guard dossier != nil else { return [] }
      // Somebody else's.
      let actions = leave()
      show(dossier)
      return actions
    }
    show(dossier)
    return []
  }

  private mutating func show(_ dossier: String?) {
    if let dossier {
      page = .asking(dossier: dossier)
    } else if case .identifying = home {
      page = .identifying(typed: "", isUnreadable: true)
    } else {
      page = .asking(dossier: nil, isUnreadable: true)
    }
  }

  // MARK: Nobody is there

  private mutating func expire(_ now: Int64) -> [Action] {
    let isLong = now - lastKey >= manners.idle
    switch page {
    case .thanking(let thanks) where now >= thanks.shownUntil: return leave()
    case .apologising where isLong: return leave()
    case .apologising(let dossier, let until) where now >= until: page = resting ?? .asking(dossier: dossier)
    case .reasons(let reasons)
    where isLong || !reasons.isTouched && now - lastKey >= max(Self.untouched, manners.idle / 2):
      questionsLeft = now
      return leave()
    case .asking where isLong, .identifying where isLong: return leave()
    case .starting where isLong, .resting where isLong: language = firstLanguage
    default: break
    }
    return []
  }

  /// The page is as for the next citizen.
  private mutating func leave() -> [Action] {
    var actions: [Action] = []
    if case .reasons(let reasons) = page { actions = [.complete(tap: reasons.tap, reasons.answers)] }
    language = firstLanguage
    page = resting ?? home
    return actions
  }

  private var home: Page {
    form?.needsDossier == true ? .identifying(typed: "", isUnreadable: false) : .asking(dossier: nil)
  }

  /// The page is as the next citizen finds it: another version may take this one's place.
  var isIdle: Bool {
    switch page {
    case .starting, .resting: true
    case .asking, .identifying: page == home && language == firstLanguage
    case .reasons, .thanking, .apologising: false
    }
  }

  /// The language that the next citizen finds.
  private var firstLanguage: KioskLanguage {
    let offered = form?.manners.languages ?? []
    if let preferred, offered.contains(preferred) { return preferred }
    return offered.first ?? initial
  }

  private mutating func thank(_ tap: UInt64, _ label: Text, _ now: Int64) {
    let until = now + manners.thanks
    page = .thanking(Thanks(tap: tap, label: label, until: until, shownUntil: until))
  }

  // MARK: What became of a rating

  /// The rating is on the disk. Who presses on while the page thanks does not hold it up for the next person.
  mutating func taken(_ rating: Rating, tap: UInt64, now: Int64) {
    guard case .asking = page, let form, form.choices.indices.contains(rating.choice) else { return }
    let label = form.choices[rating.choice].label
    let queue = form.followUps(after: rating.choice)
    if rating.isOpen, let first = queue.next {
      page = .reasons(Reasons(tap: tap, label: label, followUp: first, since: now, queue: queue))
    } else {
      thank(tap, label, now)
    }
  }

  /// The rating could not be kept.
  mutating func notTaken(_ rating: Rating, now: Int64) {
    if case .asking = page { page = .apologising(dossier: rating.dossier, until: now + manners.thanks) }
  }

  /// The server says that the dossier of this tap was rated before. Told to who still stands there.
  mutating func alreadyRated(tap: UInt64, now: Int64) {
    guard case .thanking(var thanks) = page, thanks.tap == tap, !thanks.isAlreadyRated else { return }
    thanks.isAlreadyRated = true
    thanks.shownUntil = max(thanks.until, now) + Self.notice
    page = .thanking(thanks)
  }

  // MARK: News

  /// The poll, when first heard of and whenever it may have changed.
  mutating func show(_ form: KioskForm, isOpen: Bool) {
    let isNew = form != self.form
    if isNew { (refusal, unready) = (nil, nil) }
    self.form = form
    self.isOpen = isOpen
    isFit = true
    if isNew, !isOccupied {
      language = firstLanguage
      page = home
    }
    settle()
  }

  /// The poll has become one that does not fit a kiosk's page.
  mutating func showNothing() {
    isFit = false
    settle()
  }

  /// How sending goes.
  mutating func deliver(_ delivery: DeliveryState) {
    self.delivery = delivery
    settle()
  }

  /// What the server's refusal says of one ballot says nothing of the next one: its dossier was rated before, it was
  /// voided, its id was used, or it came after the seal and is on the correction list.
  static func isAboutOneBallot(_ reason: String) -> Bool {
    ["ALREADY_RATED", "BALLOT_VOIDED", "BALLOT_CONFLICT", "POLL_SEALED"].contains(reason)
  }

  /// The server refused a ballot for good. People have to mend that, and until the server takes another one, or there is
  /// another version, nobody is thanked for a rating that is not kept.
  mutating func refuse(reason: String) {
    refusal = reason
    settle()
  }

  /// The server keeps no ballot of this version yet; they wait. No more are taken until it does, or there is another
  /// version.
  mutating func wait(reason: String, version: UInt32) {
    guard form?.version == version else { return }
    if reason == "POLL_NOT_OPEN" { isOpen = false } else { unready = reason }
    settle()
  }

  /// The server answered one for good.
  mutating func goOn() {
    (refusal, unready) = (nil, nil)
    settle()
  }

  /// Why nobody is asked; nil: nothing is in the way.
  private var resting: Page? {
    if !isFit { return .resting(.unfit) }
    if form == nil { return .starting }
    if let reason = refusal ?? delivery.barredBy ?? unready { return .resting(.refused(reason: reason)) }
    if !isOpen { return .resting(.notOpen) }
    return delivery.level == .full ? .resting(.full) : nil
  }

  /// Whoever rated is still there.
  private var isOccupied: Bool {
    switch page {
    case .reasons, .thanking, .apologising: true
    case .starting, .identifying, .asking, .resting: false
    }
  }

  private mutating func settle() {
    guard !isOccupied else { return }
    if let resting {
      page = resting
    } else {
      switch page {
      case .asking, .identifying: break
      default: page = home
      }
    }
  }
}
