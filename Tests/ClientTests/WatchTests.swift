import Schema
import Synchronization
import Testing

@testable import binhchon

@Suite struct WatchModelTests {
  /// Of the poll without its question for reasons.
  static func model(_ language: Language = .vi) throws -> WatchModel {
    var poll = try Samples.poll()
    poll.questions.removeLast()
    return WatchModel(poll: poll, unit: "", channel: .unspecified, language: language)
  }

  @Test func figuresNeverGoBackWithinALedger() throws {
    var model = try Self.model()
    #expect(model.receive(Samples.update(.snapshot, Samples.tally(revision: 10))) == true)
    #expect(model.link == .live)
    #expect(model.receive(Samples.update(.update, Samples.tally(revision: 9))) == false)
    #expect(model.tally?.revision == 10)
    #expect(model.receive(Samples.update(.update, Samples.tally(revision: 11))) == true)
    #expect(model.receive(Samples.update(.reset, Samples.tally(revision: 2, epoch: "e2"))) == true)
    #expect(model.tally?.revision == 2)
    #expect(model.tally?.ledgerEpoch == "e2")
  }

  @Test func currentRenewsTheAgeOnly() throws {
    var model = try Self.model()
    var news = Binhchon_V1_Tally()
    news.revision = 1_240
    news.ledgerEpoch = "e1"
    news.asOfMs = 1_700_000_009_000
    #expect(model.receive(Samples.update(.current, news)) == false)
    model.receive(Samples.update(.snapshot, Samples.tally()))
    #expect(model.age(nowMilliseconds: 1_700_000_010_500) == 10)
    #expect(model.receive(Samples.update(.current, news)) == true)
    #expect(model.age(nowMilliseconds: 1_700_000_010_500) == 1)
    #expect(model.age(nowMilliseconds: 0) == 0)
    #expect(model.tally?.windows.count == 5)
    #expect(model.tally?.revision == 1_240)
  }

  @Test func aNewConnectionBeginsWhereTheLastEnded() throws {
    var model = try Self.model()
    #expect(model.request(interval: 250).sinceRevision == 0)
    model.receive(Samples.update(.snapshot, Samples.tally(revision: 77)))
    model.disconnected()
    #expect(model.link == .reconnecting)
    let request = model.request(interval: 250)
    #expect(request.sinceRevision == 77)
    #expect(request.sinceEpoch == "e1")
    #expect(request.poll == "hai-chau-hai-long")
    #expect(request.intervalMs == 250)
  }

  @Test func choicesOfOlderVersionsAreShownToo() throws {
    var window = Samples.window(.total, [1, 1, 1, 1, 1])
    var old = Binhchon_V1_ChoiceCount()
    old.choice = "CU"
    old.count = 5
    window.questions[0].choices.append(old)
    let figures = QuestionFigures(try Samples.poll().questions[0], in: window)
    #expect(figures.levels.map(\.code) == ["RKHL", "KHL", "BT", "HL", "RHL", "CU"])
    #expect(figures.levels.last?.share == 5_000)
  }

  @Test func severalChoicesAreSharesOfTheBallots() throws {
    var question = try Samples.poll().questions[0]
    question.kind = .multiple
    var window = Samples.window(.total, [3, 3, 0, 0, 0])
    window.ballots = 3
    #expect(QuestionFigures(question, in: window).levels.map(\.share) == [10_000, 10_000, 0, 0, 0])
  }

  /// Shares and n of a question that was asked after some answers are of those who were asked.
  @Test func aQuestionThatSomeWereAskedIsOfThese() throws {
    var question = try Samples.poll().questions[1]
    var window = Samples.window(.total, [3, 2, 5, 40, 50])
    var reasons = Binhchon_V1_QuestionCount()
    reasons.question = "ly-do"
    reasons.choices = zip(["THAI-DO", "KHAC"], [3, 1] as [UInt64]).map { code, count in
      var choice = Binhchon_V1_ChoiceCount()
      choice.choice = code
      choice.count = count
      return choice
    }
    reasons.undervotes = 1
    window.questions.append(reasons)
    let single = QuestionFigures(question, in: window)
    #expect(single.ballots == 5)
    #expect(single.levels.map(\.share) == [7_500, 0, 0, 0, 0, 2_500])
    // Two votes each: 3 + 1 + 6 are the votes of five.
    question.kind = .multiple
    question.votesAllowed = 2
    window.questions[1].undervotes = 6
    let multiple = QuestionFigures(question, in: window)
    #expect(multiple.ballots == 5)
    #expect(multiple.levels.map(\.share) == [6_000, 0, 0, 0, 0, 2_000])
    #expect(QuestionFigures(try Samples.poll().questions[0], in: window).ballots == 100)
  }
}

@Suite struct WatchLineTests {
  @Test func aLineForPipes() throws {
    var model = try WatchModelTests.model()
    #expect(WatchLine.text(model, unicode: true) == nil)
    model.receive(Samples.update(.snapshot, Samples.tally(total: [0, 1, 19, 113, 150])))
    #expect(
      WatchLine.text(model, unicode: true)
        == "15/11 05:13:20 bản 1.234 | RKHL          0  KHL ▏        1  BT ▊       19  "
        + "HL ████▌  113  RHL ██████ 150 | hôm nay 300, hôm qua 0, tuần 300, tháng 300, tổng 283")
    #expect(
      WatchLine.text(model, unicode: false)?.contains(
        "| RKHL          0  KHL #        1  BT #       19  HL ####   113  RHL ###### 150 |") == true)
    // What only some were asked is not in it.
    var asking = WatchModel(poll: try Samples.poll(), unit: "", channel: .unspecified, language: .vi)
    asking.receive(Samples.update(.snapshot, Samples.tally(total: [0, 1, 19, 113, 150])))
    #expect(WatchLine.text(asking, unicode: true) == WatchLine.text(model, unicode: true))
  }

  @Test(arguments: Language.allCases) func aLineForPipesFitsAWideTerminal(_ language: Language) throws {
    var model = try WatchModelTests.model(language)
    model.receive(Samples.update(.snapshot, Samples.tally(revision: 999, total: [199, 200, 300, 100, 200])))
    let line = try #require(WatchLine.text(model, unicode: true))
    #expect(TextWidth.of(line) <= 160)
  }

  @Test func aLineForPipesCutsNoNumber() throws {
    var model = try WatchModelTests.model()
    model.receive(Samples.update(.snapshot, Samples.tally()))
    let line = try #require(WatchLine.text(model, unicode: true))
    #expect(line.contains("RHL ██████ 9.604.234 | hôm nay 300,") && line.hasSuffix("tổng 18.029.085"))
    model.receive(Samples.update(.reset, Samples.tally(epoch: "e2", total: [0, 0, 0, 0, 0])))
    #expect(try #require(WatchLine.text(model, unicode: true)).contains("| chưa có dữ liệu | hôm nay 300,"))
  }

  @Test func recordsForPrograms() throws {
    let line = try JSONLine.encode(WatchRecord(.snapshot, Samples.tally()))
    #expect(
      line.hasPrefix(#"{"kind":"snapshot","tally":{"as_of":"2023-11-15T05:13:20+07:00","as_of_ms":1700000000000,"#))
    #expect(line.contains(#"{"choice":"RHL","count":9604234}"#))
    #expect(!line.contains("\n"))
    let csv = TallyRecord(Samples.tally()).csv
    #expect(csv.components(separatedBy: "\r\n").count == 26)
    #expect(csv.hasSuffix("total,18029085,0,hai-long,RHL,9604234,0,,\r\n"))
    #expect(TallyRecord.csvHeader.hasSuffix(",single_entry_ballots,k,published_from\r\n"))
    var published = Samples.tally()
    (published.k, published.publishedFrom) = (5, "2023-11-16")
    #expect(TallyRecord(published).csv.hasSuffix(",RHL,9604234,,5,2023-11-16\r\n"))
  }

  @Test func slicesForSpreadsheetsSayWhatIsPublished() {
    var figures = DashboardSamples.figures().units
    let header = "question,choice,count,single_entry_ballots,k,published_from\r\n"
    #expect(SliceRecord.csv(figures, []).contains(header))
    #expect(SliceRecord.csv(figures, []).hasSuffix(",RHL,0,0,,\r\n"))
    (figures.k, figures.publishedFrom) = (5, "2023-11-16")
    #expect(SliceRecord.csv(figures, []).hasSuffix(",RHL,0,,5,2023-11-16\r\n"))
  }
}

@Suite(.timeLimit(.minutes(1))) struct TallyFeedTests {
  @Test func lostConnectionsAreTakenUpWhereTheyEnded() async throws {
    let service = FakeService()
    service.state.withLock {
      $0.updates = [
        [Samples.update(.snapshot, Samples.tally(revision: 5)), Samples.update(.update, Samples.tally(revision: 6))],
        [],
        [Samples.update(.current, Samples.tally(revision: 6)), Samples.update(.update, Samples.tally(revision: 8))],
      ]
    }
    let model = Mutex(try WatchModelTests.model())
    var lost = 0
    await #expect {
      try await TallyFeed(service: service).run {
        model.withLock { $0.request(interval: 0) }
      } handle: { event in
        switch event {
        case .update(let update): model.withLock { _ = $0.receive(update) }
        case .lost: lost += 1
        }
        return true
      }
    } throws: { ($0 as? Refusal)?.reason == "OUT_OF_SCOPE" }
    #expect(lost == 3)
    #expect(service.state.withLock { $0.watchRequests.map(\.sinceRevision) } == [0, 6, 6, 8])
    #expect(model.withLock { $0.tally?.revision } == 8)
  }
}
