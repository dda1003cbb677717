import Kiosk
import Schema

@testable import binhchon

/// Kiosk pages in every state, and short names of what they do.
enum KioskStates {
  /// Reasons are asked after the three lower levels, then, after the lowest, one thing more.
  static func poll(needsDossier: Bool = false) throws -> Binhchon_V1_Poll {
    var poll = try Samples.poll()
    poll.questions = Array(poll.questions.prefix(1))
    poll.policy.onePerCredential = needsDossier
    poll.kiosk = Binhchon_V1_KioskPage()
    poll.questions.append(
      question(
        "ly-do", ("Điều gì chưa tốt?", "What was not good?"), votes: 2, after: ["RKHL", "KHL", "BT"],
        [
          ("CHO", "Chờ lâu", "Long wait"), ("THAI-DO", "Thái độ", "Manner"),
          ("HUONG-DAN", "Hướng dẫn chưa rõ", "Unclear guidance"), ("PHI", "Phí, lệ phí", "Fees"),
        ]))
    poll.questions.append(
      question(
        "goi-lai", ("Ông/Bà có muốn được gọi lại?", "May we call you?"), votes: 1, after: ["RKHL"],
        [("CO", "Có", "Yes"), ("KHONG", "Không", "No")]))
    return poll
  }

  private static func question(
    _ id: String, _ wording: (String, String), votes: UInt32, after levels: [String],
    _ choices: [(String, String, String)]
  ) -> Binhchon_V1_Question {
    func text(_ vi: String, _ en: String) -> Binhchon_V1_LocalizedText {
      var text = Binhchon_V1_LocalizedText()
      (text.vi, text.en) = (vi, en)
      return text
    }
    var question = Binhchon_V1_Question()
    question.id = id
    question.text = text(wording.0, wording.1)
    question.kind = votes > 1 ? .multiple : .single
    question.votesAllowed = votes
    question.optional = true
    question.askedIf.question = "hai-long"
    question.askedIf.choices = levels
    question.choices = choices.map { code, vi, en in
      var choice = Binhchon_V1_Choice()
      choice.code = code
      choice.label = text(vi, en)
      return choice
    }
    return question
  }

  static let names = [
    "starting", "asking", "bound", "typing", "identifying", "bound and needed", "thanking and needed", "reasons",
    "just asked", "asked again", "thanking", "noticing",
    "apologising", "not open", "full", "refused", "unfit",
  ]

  /// At 1,000; whoever stands there pressed the last key then.
  static func machine(_ name: String, isLocked: Bool = false, takesDossier: Bool = true) throws -> KioskStateMachine {
    var machine = KioskStateMachine(language: .vi, takesDossier: takesDossier, isLocked: isLocked)
    func press(_ keys: String, now: Int64 = 1_000) {
      for key in keys { act(machine.handle(.key(.character(key)), now: now), now: now) }
    }
    func act(_ actions: [KioskStateMachine.Action], now: Int64 = 1_000) {
      for case .take(let rating) in actions { machine.taken(rating, tap: 7, now: now) }
    }
    if name == "starting" { return machine }
    machine.show(
      try KioskForm(try poll(needsDossier: ["identifying", "bound and needed", "thanking and needed"].contains(name))),
      isOpen: name != "not open")
    switch name {
    case "bound", "bound and needed": act(machine.handle(.scan("H40-1"), now: 1_000))
    case "typing": press("dH4")
    case "identifying": break
    case "thanking and needed":
      act(machine.handle(.scan("H40-1"), now: 1_000))
      press("5")
    case "reasons":
      press("2", now: 500)
      press("2")
    case "just asked": act(machine.handle(.key(.character("2")), now: 1_000), now: 1_200)
    case "asked again":
      press("1", now: 200)
      press("2", now: 600)
      act(machine.handle(.key(.enter), now: 1_000))
    case "thanking": press("5")
    case "noticing":
      press("5")
      machine.alreadyRated(tap: 7, now: 1_500)
    case "apologising":
      act(machine.handle(.scan("H40-1"), now: 1_000))
      for case .take(let rating) in machine.handle(.key(.character("4")), now: 1_000) {
        machine.notTaken(rating, now: 1_000)
      }
    case "full": machine.deliver(DeliveryState(waiting: 9, level: .full, isReachable: false))
    case "refused": machine.refuse(reason: "WRONG_ROLE")
    case "unfit": machine.showNothing()
    default: act(machine.handle(.key(.unknown), now: 1_000))
    }
    return machine
  }

  static let events: [(name: String, event: KioskStateMachine.Event, now: Int64)] = [
    ("1", .key(.character("1")), 1_500), ("2", .key(.character("2")), 1_500), ("5", .key(.character("5")), 1_500),
    ("9", .key(.character("9")), 1_500), ("0", .key(.character("0")), 1_500), ("+", .key(.character("+")), 1_500),
    ("-", .key(.character("-")), 1_500), ("d", .key(.character("d")), 1_500), ("l", .key(.character("l")), 1_500),
    ("đ", .key(.character("đ")), 1_500), ("tab", .key(.tab), 1_500), ("enter", .key(.enter), 1_500),
    ("backspace", .key(.backspace), 1_500), ("right", .key(.right), 1_500), ("unknown", .key(.unknown), 1_500),
    ("^C", .key(.interrupt), 1_500), ("touch level 2", .touch(.choice(1)), 1_500),
    ("touch level 99", .touch(.choice(98)), 1_500), ("touch language", .touch(.language), 1_500),
    ("touch dossier", .touch(.dossier), 1_500), ("touch reason 1", .touch(.reason(0)), 1_500),
    ("touch reason 99", .touch(.reason(98)), 1_500), ("touch done", .touch(.confirm), 1_500),
    ("touch skip", .touch(.skip), 1_500), ("*", .key(.character("*")), 1_500), ("touch stop", .touch(.stop), 1_500),
    ("scan", .scan(" H40-2 \t"), 1_500),
    ("scan of much", .scan(String(repeating: "x", count: 129)), 1_500), ("bad scan", .unreadableScan, 1_500),
    ("tick", .tick, 1_500), ("5 after thanks", .key(.character("5")), 3_000), ("tick after thanks", .tick, 3_000),
    ("5 after the notice", .key(.character("5")), 5_000), ("tick after the notice", .tick, 5_000),
    ("tick when idle", .tick, 31_000), ("5 when idle", .key(.character("5")), 31_000),
    ("scan when idle", .scan("H40-2"), 31_000), ("end", .end, 1_500),
  ]

  static func name(_ page: KioskStateMachine.Page) -> String {
    switch page {
    case .starting: "starting"
    case .identifying(let typed, let isUnreadable): "identifying(\(typed)\(isUnreadable ? "?" : ""))"
    case .asking(let dossier, let isUnreadable): "asking(\(dossier ?? "")\(isUnreadable ? "?" : ""))"
    case .reasons(let reasons):
      "\(reasons.followUp.question)\(reasons.picked.sorted().map { $0 + 1 })\(names(reasons.answers))"
    case .thanking(let thanks): "thanking(\(thanks.isAlreadyRated ? "rated before" : ""))"
    case .apologising(let dossier, _): "apologising(\(dossier ?? ""))"
    case .resting(.notOpen): "not open"
    case .resting(.unfit): "unfit"
    case .resting(.full): "full"
    case .resting(.refused(let reason)): reason
    }
  }

  private static func names(_ answers: [PickedAnswer]) -> String {
    answers.map { " \($0.question)=\($0.choices.joined(separator: ","))" }.joined()
  }

  static func name(_ action: KioskStateMachine.Action) -> String {
    switch action {
    case .quit: "quit"
    case .complete(let tap, let answers): "complete \(tap)\(names(answers))"
    case .take(let rating):
      (rating.isRepetition ? "repeat " : "take ") + "\(rating.choice + 1)"
        + (rating.dossier.map { " of \($0)" } ?? "") + (rating.isOpen ? " open" : "")
    }
  }

  /// What an event does: actions, the page, and the language if it is another one.
  static func result(_ machine: inout KioskStateMachine, _ event: KioskStateMachine.Event, now: Int64) -> String {
    let before = machine.language
    let actions = machine.handle(event, now: now).map(name)
    let language = machine.language == before ? [] : ["\(machine.language)"]
    return (actions + [name(machine.page)] + language).joined(separator: " → ")
  }
}
