import Schema
import Testing

@testable import binhchon

@Suite struct PipeLanguageTests {
  private func machine(needsDossier: Bool = false, takesDossier: Bool = true) throws -> PipeStateMachine {
    PipeStateMachine(
      form: try KioskForm(try KioskStates.poll(needsDossier: needsDossier)), takesDossier: takesDossier)
  }

  private func name(_ action: PipeStateMachine.Action) -> String {
    switch action {
    case .take(let rating): KioskStates.name(KioskStateMachine.Action.take(rating))
    case .complete(let answers): KioskStates.name(KioskStateMachine.Action.complete(tap: 0, answers))
    case .unknown(let key): "unknown \(key)"
    case .lacksDossier: "no dossier"
    case .badDossier: "bad dossier"
    }
  }

  static let sentences: [(String, [String])] = [
    ("54 5\n", ["take 5", "take 4", "take 5"]),
    // A rating that reasons could follow is open until something else comes.
    ("2", ["take 2 open", "complete 0"]),
    ("25", ["take 2 open", "complete 0", "take 5"]),
    ("2(1 3)5", ["take 2 open", "complete 0 ly-do=CHO,HUONG-DAN", "take 5"]),
    ("2 \n (31)", ["take 2 open", "complete 0 ly-do=CHO,HUONG-DAN"]),
    ("2()5", ["take 2 open", "complete 0", "take 5"]),
    ("2(113)", ["take 2 open", "complete 0 ly-do=HUONG-DAN"]),
    ("2(123)", ["take 2 open", "unknown 3", "complete 0 ly-do=CHO,THAI-DO"]),
    ("2(9x1)", ["take 2 open", "unknown 9", "unknown x", "complete 0 ly-do=CHO"]),
    // What is not closed is left out.
    ("2(1", ["take 2 open", "complete 0"]),
    ("1(2)(1)5", ["take 1 open", "complete 0 ly-do=THAI-DO goi-lai=CO", "take 5"]),
    ("1(2)5", ["take 1 open", "complete 0 ly-do=THAI-DO", "take 5"]),
    ("1()(2)(1)", ["take 1 open", "complete 0 goi-lai=KHONG", "unknown ("]),
    // Reasons of a level that is asked none make no rating; a rating is none of those that were not closed.
    ("5(1)4", ["take 5", "unknown (", "take 4"]),
    ("5(1\n4", ["take 5", "unknown (", "take 4"]),
    ("2(1\n4", ["take 2 open", "complete 0", "take 4"]),
    ("5)4", ["take 5", "unknown )", "take 4"]),
    ("6x", ["unknown 6", "unknown x"]),
    // A dossier is the next rating's and nobody else's.
    ("=H40-1\n5 5", ["take 5 of H40-1", "take 5"]),
    ("=H40-1\r\n2(1)", ["take 2 of H40-1 open", "complete 0 ly-do=CHO"]),
    ("=H40-1\n=H40-2\n5", ["take 5 of H40-2"]),
    ("=H40-1\n=\n5", ["take 5"]),
    ("2=H40-1\n5", ["take 2 open", "complete 0", "take 5 of H40-1"]),
    ("2(=1)\n5", ["take 2 open", "unknown =", "complete 0 ly-do=CHO", "take 5"]),
    ("=a\u{7}\n5", ["bad dossier", "take 5"]),
    ("=5", []),
    // Parts of letters are no spaces: ễ ends in 0x85, à in 0xA0.
    ("=Nguyễn à-5\n4", ["take 4 of Nguyễnà-5"]),
    ("2(1\u{85}3)", ["take 2 open", "unknown \u{C2}", "unknown \u{85}", "complete 0 ly-do=CHO,HUONG-DAN"]),
    ("\u{B}5", ["unknown \u{B}", "take 5"]),
    ("=" + String(repeating: "9", count: 2_000) + "\n5", ["bad dossier", "take 5"]),
  ]

  @Test(arguments: sentences)
  func wholeAndDripped(_ input: String, _ expected: [String]) throws {
    var whole = try machine()
    #expect((whole.take(input.utf8, now: 0) + whole.end()).map(name) == expected)
    var dripped = try machine()
    var actions = input.utf8.flatMap { dripped.take([$0], now: 0) }
    actions += dripped.end()
    #expect(actions.map(name) == expected)
    #expect(dripped.end() == [])
  }

  @Test func whereADossierIsNeeded() throws {
    var machine = try machine(needsDossier: true, takesDossier: false)
    let actions = machine.take("5 =H40-1\n5 5".utf8, now: 0)
    #expect(actions.map(name) == ["no dossier", "take 5 of H40-1", "no dossier"])
  }

  @Test func whereNoneIsTaken() throws {
    var machine = try machine(takesDossier: false)
    // It is no rating, digit by digit.
    #expect(machine.take("=51234\r\n4".utf8, now: 0).map(name) == ["unknown =", "take 4"])
    #expect(machine.take("2=5".utf8, now: 0).map(name) == ["take 2 open", "complete 0", "unknown ="])
    #expect(machine.take("5".utf8, now: 60_000) == [])
    #expect(machine.end() == [])
  }

  @Test func timeEndsWhatNobodyGoesOnWith() throws {
    for (input, expected) in [("2", ["complete 0"]), ("1(2)", ["complete 0 ly-do=THAI-DO"]), ("=H40-1\n", [])] {
      var ticked = try machine()
      _ = ticked.take(input.utf8, now: 0)
      #expect(ticked.tick(now: 29_999) == [])
      #expect(ticked.tick(now: 30_000).map(name) == expected)
      #expect(ticked.tick(now: 60_000) == [])
      // The next rating has nothing of it, also if no tick came.
      var stalled = try machine()
      _ = stalled.take(input.utf8, now: 0)
      #expect(stalled.take("5".utf8, now: 30_000).map(name) == expected + ["take 5"])
    }
  }

  /// The rest of what stalled is no rating.
  @Test func whatComesLateIsLeftOut() throws {
    for (input, expected, rest) in [
      ("=H", [], "40-15\n4"), ("2(1", ["complete 0"], "3)4"), ("2(1", ["complete 0"], "3\n4"),
      ("1(2)(1", ["complete 0 ly-do=THAI-DO"], "12)4"), ("5(1", [], "3)4"),
    ] {
      for isTicked in [true, false] {
        var machine = try machine()
        _ = machine.take(input.utf8, now: 0)
        var actions: [PipeStateMachine.Action] = []
        if isTicked {
          for now: Int64 in [29_999, 30_000, 30_200] { actions += machine.tick(now: now) }
          #expect(actions.map(name) == expected)
          #expect(!machine.isIdle)
        }
        actions += machine.take(rest.utf8, now: 31_000)
        #expect(actions.map(name) == expected + ["take 4"], "\(input) … \(rest)")
      }
    }
  }

  /// Where every rating is followed by more, the next one ends that, and between them another version may come.
  @Test func betweenRatingsThatMoreMayFollow() throws {
    var poll = try KioskStates.poll()
    poll.questions[1].clearAskedIf()
    poll.questions[2].clearAskedIf()
    poll.kiosk.questions = ["ly-do", "goi-lai"]
    let form = try KioskForm(poll)
    var machine = PipeStateMachine(form: form, takesDossier: false)
    #expect(machine.take("5".utf8, now: 0).map(name) == ["take 5 open"])
    #expect(machine.isOpen && !machine.isIdle)
    for (bytes, isNext) in [(" \n5", true), ("=H", true), ("(1", false), (" ( ", false), (" \n", false), ("", false)] {
      #expect(PipeStateMachine.beginsAnew(bytes.utf8) == isNext, "\(bytes)")
    }
    var ended = machine
    #expect(ended.end().map(name) == ["complete 0"])
    #expect(ended.isIdle && !ended.isOpen)
    #expect(machine.take("(1)()4".utf8, now: 1).map(name) == ["complete 0 ly-do=CHO", "take 4 open"])
  }
}
