internal import Kiosk

/// What a kiosk page shows, and what a key does. Time is an instant handed in, in milliseconds of any steady clock.
struct KioskStateMachine: Sendable, Equatable {
  enum Page: Sendable, Equatable {
    /// No poll yet.
    case starting
    case asking
    case thanking(choice: Int, until: Int64)
    /// The rating could not be kept, and may be given again.
    case apologising(until: Int64)
    /// Ballots are not taken now.
    case resting(Rest)
  }
  enum Rest: Sendable, Equatable {
    case notOpen
    /// The poll as it is now does not fit a kiosk's page.
    case unfit
    /// Too many wait to be sent.
    case full
    /// The server takes none from here, whatever is chosen; the reason is for whoever looks after the kiosk.
    case refused(reason: String)
  }

  enum Action: Sendable, Equatable {
    case none
    /// To be kept; then `taken` or `notTaken`. A repetition came while the page still thanked.
    case take(choice: Int, isRepetition: Bool)
    case quit
  }

  /// At least two seconds, so that it is seen; not much more, because the next person waits.
  static let thanks: Int64 = 2_000
  /// After this long without a key the page is as it was for the first visitor.
  static let idle: Int64 = 30_000

  private(set) var page = Page.starting
  private(set) var language: Language
  private(set) var delivery = DeliveryState()
  private(set) var form: KioskForm?
  /// What was chosen when the page last thanked for it; the form may have changed since.
  private(set) var thanked: Text?
  private let home: Language
  private var lastKey: Int64 = 0
  /// Somebody did something on the page as it is now.
  private var isTouched = false
  private var isOpen = false
  private var isFit = true
  private var refusal: String?
  /// Why the server cannot take ballots of this form yet.
  private var unready: String?

  init(language: Language) {
    self.language = language
    home = language
  }

  mutating func press(_ key: Key, now: Int64) -> Action {
    // The tick that ends the thanks may come later than the next person.
    tick(now: now)
    lastKey = now
    isTouched = true
    switch key {
    case .interrupt: return .quit
    case .character("l"), .character("L"):
      language = language == .vi ? .en : .vi
      return .none
    case .character(let character):
      guard let choice = form?.choice(for: character) else { return .none }
      switch page {
      case .asking: return .take(choice: choice, isRepetition: false)
      case .thanking: return .take(choice: choice, isRepetition: true)
      case .starting, .resting, .apologising: return .none
      }
    default: return .none
    }
  }

  /// The rating is on the disk. Who presses on while the page thanks does not hold it up for the next person.
  mutating func taken(choice: Int, now: Int64) {
    guard page == .asking, let form, form.choices.indices.contains(choice) else { return }
    thanked = form.choices[choice].label
    page = .thanking(choice: choice, until: now + Self.thanks)
  }

  /// The rating could not be kept.
  mutating func notTaken(now: Int64) {
    if page == .asking { page = .apologising(until: now + Self.thanks) }
  }

  mutating func tick(now: Int64) {
    if let until = page.until, now >= until {
      // The next person is not the one who chose the language.
      language = home
      isTouched = false
      page = resting
    }
    if now - lastKey >= Self.idle {
      language = home
      isTouched = false
    }
  }

  /// Nobody is in the middle of anything: another version may take this one's place.
  var isIdle: Bool {
    switch page {
    case .starting, .resting: true
    case .asking: !isTouched
    case .thanking, .apologising: false
    }
  }

  /// The poll, when first heard of and whenever it may have changed.
  mutating func show(_ form: KioskForm, isOpen: Bool) {
    if form != self.form { unready = nil }
    self.form = form
    self.isOpen = isOpen
    isFit = true
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

  /// The server refused a ballot for good. People have to mend that, and until then nobody is thanked for a rating that
  /// is not kept.
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

  /// The server took one.
  mutating func goOn() {
    unready = nil
    settle()
  }

  /// The page of a kiosk nobody is thanked at.
  private var resting: Page {
    if !isFit { return .resting(.unfit) }
    if form == nil { return .starting }
    if let reason = refusal ?? delivery.barredBy ?? unready { return .resting(.refused(reason: reason)) }
    if !isOpen { return .resting(.notOpen) }
    return delivery.level == .full ? .resting(.full) : .asking
  }

  private mutating func settle() {
    if page.until == nil { page = resting }
  }
}

extension KioskStateMachine.Page {
  /// When it ends by itself.
  fileprivate var until: Int64? {
    switch self {
    case .thanking(_, let until), .apologising(let until): until
    case .starting, .asking, .resting: nil
    }
  }
}

/// How many ballots wait, and whether the server answers.
struct DeliveryState: Sendable, Equatable {
  var waiting = 0
  /// Of the spool.
  var level = SpoolStatus.Level.fine
  var isReachable = true
  /// Why the server does not let us in; nil: it does, as far as we know.
  var barredBy: String?
  /// Why the server takes some of them, but not all, now; nil: all, as far as we know.
  var unreadyBy: String?

  /// Some or all stay here, for whatever reason.
  var isTrouble: Bool { !isReachable || barredBy != nil || unreadyBy != nil }
}
