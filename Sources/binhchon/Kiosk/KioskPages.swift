internal import Kiosk

extension KioskStateMachine {
  enum Page: Sendable, Equatable {
    /// No poll yet.
    case starting
    /// The dossier's number is scanned or typed.
    case identifying(typed: String, isUnreadable: Bool)
    case asking(dossier: String?, isUnreadable: Bool = false)
    /// The rating is on the disk, and reasons may be added.
    case reasons(Reasons)
    case thanking(Thanks)
    /// The rating could not be kept, and may be given again.
    case apologising(dossier: String?, until: Int64)
    /// Ballots are not taken now.
    case resting(Rest)
  }

  struct Reasons: Sendable, Equatable {
    /// Its number on this kiosk.
    var tap: UInt64
    /// Of what was chosen; the form may change meanwhile.
    var label: Text
    /// What is asked now.
    var followUp: KioskForm.FollowUp
    /// When that appeared.
    var since: Int64
    /// Places among its choices.
    var picked: Set<Int> = []
    /// That, what is asked afterwards, and what was answered before.
    var queue: FollowUpQueue
    var answers: [PickedAnswer] { queue.answers }
    var isTouched: Bool { !picked.isEmpty || !answers.isEmpty }
  }

  struct Thanks: Sendable, Equatable {
    var tap: UInt64
    var label: Text
    /// Until then whoever presses is still the same.
    var until: Int64
    /// Until then the page is shown, if nobody comes.
    var shownUntil: Int64
    /// The server says that the dossier was rated before.
    var isAlreadyRated = false
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

  struct Rating: Sendable, Equatable {
    var choice: Int
    var dossier: String?
    /// It came while the page still thanked.
    var isRepetition = false
    /// Reasons may follow.
    var isOpen = false
  }

  enum Event: Sendable, Equatable {
    case key(Key)
    case touch(KioskTarget)
    /// A dossier's number from a scanner.
    case scan(String)
    /// A scan that cannot be read.
    case unreadableScan
    case tick
    /// The page is closed.
    case end
  }

  enum Action: Sendable, Equatable {
    /// To be kept; then ``taken(_:tap:now:)`` or ``notTaken(_:now:)``.
    case take(Rating)
    /// Nothing more is added to this tap than these answers.
    case complete(tap: UInt64, [PickedAnswer])
    case quit
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
