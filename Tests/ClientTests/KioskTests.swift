import Schema
import Testing

@testable import binhchon

@Suite struct KioskMachineTests {
  static func machine(_ page: String) throws -> KioskStateMachine {
    var machine = KioskStateMachine(language: .vi)
    if page == "starting" { return machine }
    machine.show(try KioskForm(try Samples.poll()), isOpen: page != "notOpen")
    if page == "full" { machine.deliver(DeliveryState(waiting: 9, isFull: true, isReachable: false)) }
    if page == "refused" { machine.refuse(reason: "WRONG_ROLE") }
    if page == "thanking" { _ = machine.press(.character("4"), now: 1_000) }
    return machine
  }

  static let thanks = KioskStateMachine.Page.thanking(choice: 3, until: 3_000)
  static let pages: [(String, KioskStateMachine.Page)] = [
    ("starting", .starting), ("asking", .asking), ("thanking", thanks), ("notOpen", .resting(.notOpen)),
    ("full", .resting(.full)), ("refused", .resting(.refused(reason: "WRONG_ROLE"))),
  ]

  @Test(arguments: pages)
  func keysOnEveryPage(_ name: String, _ page: KioskStateMachine.Page) throws {
    var machine = try Self.machine(name)
    #expect(machine.page == page)
    #expect(machine.press(.interrupt, now: 1_500) == .quit)
    #expect(machine.page == page)
    for key in [Key.tab, .backTab, .left, .right, .enter, .unknown, .character("9"), .character("x"), .character("đ")] {
      #expect(machine.press(key, now: 1_500) == .none)
      #expect(machine.page == page)
    }
    #expect(machine.press(.character("l"), now: 1_500) == .none)
    #expect(machine.language == .en)
    #expect(machine.page == page)
    let action = machine.press(.character("2"), now: 1_500)
    if name == "asking" {
      #expect(action == .cast(choice: 1))
      #expect(machine.page == .thanking(choice: 1, until: 3_500))
    } else {
      #expect(action == .none)
      #expect(machine.page == page)
    }
  }

  @Test(arguments: pages)
  func newsOnEveryPage(_ name: String, _ page: KioskStateMachine.Page) throws {
    let isThanking = name == "thanking"
    var full = try Self.machine(name)
    full.deliver(DeliveryState(waiting: 1, isFull: true, isReachable: true))
    #expect(full.page == (name == "asking" ? .resting(.full) : page))
    var room = try Self.machine(name)
    room.deliver(DeliveryState())
    #expect(room.page == (name == "full" ? .asking : page))
    var closed = try Self.machine(name)
    closed.refuse(reason: "POLL_NOT_OPEN")
    #expect(closed.page == (isThanking || name == "starting" || name == "refused" ? page : .resting(.notOpen)))
    var refused = try Self.machine(name)
    refused.refuse(reason: "OUT_OF_SCOPE")
    #expect(
      refused.page == (isThanking || name == "starting" ? page : .resting(.refused(reason: "OUT_OF_SCOPE"))))
    var shown = try Self.machine(name)
    shown.show(try KioskForm(try Samples.poll()), isOpen: true)
    #expect(shown.page == (["thanking", "full", "refused"].contains(name) ? page : .asking))
    var later = try Self.machine(name)
    later.tick(now: 2_999)
    #expect(later.page == page)
    later.tick(now: 3_000)
    #expect(later.page == (isThanking ? .asking : page))
  }

  @Test func thanksLastTwoSecondsThenTheNextPersonSeesTheFirstLanguage() throws {
    var machine = try Self.machine("asking")
    _ = machine.press(.character("l"), now: 0)
    #expect(machine.press(.character("5"), now: 100) == .cast(choice: 4))
    #expect(machine.press(.character("1"), now: 200) == .none)
    machine.tick(now: 2_099)
    #expect(machine.language == .en)
    machine.tick(now: 2_100)
    #expect(machine.page == .asking)
    #expect(machine.language == .vi)
  }

  @Test func whoWalksAwayLeavesTheFirstLanguage() throws {
    var machine = try Self.machine("asking")
    _ = machine.press(.character("l"), now: 0)
    machine.tick(now: 29_999)
    #expect(machine.language == .en)
    machine.tick(now: 30_000)
    #expect(machine.language == .vi)
  }

  @Test func whatClosedDuringThanksShowsAfterwards() throws {
    var machine = try Self.machine("thanking")
    machine.refuse(reason: "POLL_NOT_OPEN")
    machine.tick(now: 3_000)
    #expect(machine.page == .resting(.notOpen))
  }

  @Test func pollsThatOneTapCannotAnswerAreRefused() throws {
    var dossier = try Samples.poll()
    dossier.policy.onePerCredential = true
    var two = try Samples.poll()
    two.questions.append(two.questions[0])
    var many = try Samples.poll()
    many.questions[0].choices = Array(repeating: many.questions[0].choices[0], count: 11)
    var none = try Samples.poll()
    none.questions = []
    for poll in [dossier, two, many, none] { #expect(throws: ClientError.self) { try KioskForm(poll) } }
    two.questions[1].optional = true
    #expect(try KioskForm(two).choices.map(\.key) == ["1", "2", "3", "4", "5"])
  }
}

@Suite struct KioskScreenTests {
  @Test func asking80x24() throws {
    let page = KioskScreen.render(try KioskMachineTests.machine("asking"), size: .usual, style: .plain)
    #expect(page.count == 24)
    #expect(
      text(page) == """
             Đánh giá mức độ hài lòng với chất lượng phục vụ của UBND Quận Hải Châu
                  Ông/Bà hài lòng đến mức nào với chất lượng phục vụ hôm nay?

                  ╭──────────────────────────────────────────────────────────╮
                  │   1   Rất không hài lòng                                 │
                  ╰──────────────────────────────────────────────────────────╯

                  ╭──────────────────────────────────────────────────────────╮
                  │   2   Không hài lòng                                     │
                  ╰──────────────────────────────────────────────────────────╯

                  ╭──────────────────────────────────────────────────────────╮
                  │   3   Bình thường                                        │
                  ╰──────────────────────────────────────────────────────────╯

                  ╭──────────────────────────────────────────────────────────╮
                  │   4   Hài lòng                                           │
                  ╰──────────────────────────────────────────────────────────╯

                  ╭──────────────────────────────────────────────────────────╮
                  │   5   Rất hài lòng                                       │
                  ╰──────────────────────────────────────────────────────────╯

          English: l
        """)
  }

  @Test func english60ColumnsASCIIWhileRatingsWait() throws {
    var machine = try KioskMachineTests.machine("asking")
    _ = machine.press(.character("l"), now: 0)
    machine.deliver(DeliveryState(waiting: 3, isFull: false, isReachable: false))
    let page = KioskScreen.render(machine, size: ScreenSize(columns: 60, rows: 12), style: .ascii)
    #expect(
      text(page, .ascii, columns: 60) == """
           Satisfaction with the service of the Hai Chau District
                             People's Committee
                How satisfied are you with today's service?
        [   1   Very dissatisfied                                  ]
        [   2   Dissatisfied                                       ]
        [   3   Neutral                                            ]
        [   4   Satisfied                                          ]
        [   5   Very satisfied                                     ]



          Tieng Viet: l       3 waiting to be sent - no connection
        """)
  }

  @Test func thanks() throws {
    let page = KioskScreen.render(
      try KioskMachineTests.machine("thanking"), size: ScreenSize(columns: 80, rows: 10), style: .plain)
    #expect(
      text(page) == """
             Đánh giá mức độ hài lòng với chất lượng phục vụ của UBND Quận Hải Châu


                                       Xin cảm ơn Ông/Bà!

                                       Đánh giá: Hài lòng



          English: l
        """)
  }

  @Test(arguments: [(20, 5), (40, 10), (80, 24), (200, 60), (1, 1)])
  func everyPageFitsEverySize(_ columns: Int, _ rows: Int) throws {
    let size = ScreenSize(columns: columns, rows: rows)
    for (name, _) in KioskMachineTests.pages {
      for style in [Style.plain, .ascii, Style(colors: .many, unicode: true)] {
        let machine = try KioskMachineTests.machine(name)
        var diff = FrameDiff()
        let written = diff.update(to: KioskScreen.render(machine, size: size, style: style), size: size, style: style)
        #expect(!written.contains("\u{1B}[\(rows + 1);1H"))
      }
    }
  }

  @Test func everyLevelHasItsWordOnASmallScreen() throws {
    let page = KioskScreen.render(
      try KioskMachineTests.machine("asking"), size: ScreenSize(columns: 60, rows: 10), style: .plain)
    for word in ["1   Rất không hài lòng", "2   Không", "3   Bình", "4   Hài", "5   Rất hài lòng"] {
      #expect(text(page, columns: 60).contains(word))
    }
  }
}

@Suite struct CastQueueMachineTests {
  @Test func takesSendsAndSettles() throws {
    var queue = CastQueueStateMachine(capacity: 3, window: 2)
    let taps = try (1...3).map { queue.tap(try Samples.ballot(UInt64($0))) }
    #expect(taps.map { $0?.number } == [1, 2, 3])
    #expect(queue.isFull)
    #expect(queue.tap(try Samples.ballot(4)) == nil)
    #expect(queue.next()?.number == 1)
    #expect(queue.next()?.number == 2)
    #expect(queue.next() == nil)
    let receipt = Samples.receipt(try Samples.ballot(1))
    #expect(queue.taken(1, receipt) == .settled(try #require(taps[0]), .taken(receipt)))
    #expect(queue.taken(1, receipt) == .ignore)
    #expect(queue.next()?.number == 3)
    #expect(
      queue.refused(3, Samples.conflict, jitter: 0) == .settled(try #require(taps[2]), .refused(Samples.conflict)))
    #expect(queue.count == 1)
    #expect(queue.abandon().map(\.number) == [2])
    #expect(queue.count == 0)
  }

  @Test func withoutAnAnswerOneAtATimeFindsOut() throws {
    var queue = CastQueueStateMachine(capacity: 9, window: 3)
    for number in 1...4 { _ = queue.tap(try Samples.ballot(UInt64(number))) }
    for _ in 1...3 { _ = queue.next() }
    #expect(queue.refused(2, Samples.unavailable, jitter: 0) == .pause(.milliseconds(50)))
    #expect(!queue.isReachable)
    #expect(queue.next() == nil)
    // Others that fail in the same pause do not make it longer.
    #expect(queue.refused(1, Samples.unavailable, jitter: 0) == .ignore)
    #expect(queue.refused(1, Samples.unavailable, jitter: 0) == .ignore)
    #expect(queue.refused(3, Samples.unavailable, jitter: 0) == .ignore)
    queue.pauseIsOver()
    #expect(queue.next()?.number == 1)
    #expect(queue.next() == nil)
    #expect(queue.delivery == DeliveryState(waiting: 4, isFull: false, isReachable: false))
    #expect(queue.refused(1, Samples.unavailable, jitter: 0) == .pause(.milliseconds(100)))
    queue.pauseIsOver()
    #expect(queue.next()?.number == 1)
    _ = queue.taken(1, Samples.receipt(try Samples.ballot(1)))
    #expect(queue.isReachable)
    #expect([queue.next()?.number, queue.next()?.number, queue.next()?.number] == [2, 3, 4])
  }

  @Test func aServerThatRefusesIsReachable() throws {
    var queue = CastQueueStateMachine(capacity: 9, window: 3)
    for number in 1...2 { _ = queue.tap(try Samples.ballot(UInt64(number))) }
    _ = queue.next()
    _ = queue.refused(1, Samples.unavailable, jitter: 0)
    queue.pauseIsOver()
    _ = queue.next()
    _ = queue.refused(1, Samples.conflict, jitter: 0)
    #expect(queue.isReachable)
    #expect(queue.next()?.number == 2)
  }

  @Test func aServerThatBarsUsIsAskedAgainAndNobodyIsThankedMeanwhile() throws {
    var queue = CastQueueStateMachine(capacity: 9, window: 3)
    _ = queue.tap(try Samples.ballot(1))
    _ = queue.next()
    #expect(queue.barred(7, reason: "PEER_REFUSED_CERTIFICATE", jitter: 0) == .ignore)
    #expect(queue.delivery.barredBy == nil)
    guard case .pause = queue.barred(1, reason: "PEER_REFUSED_CERTIFICATE", jitter: 0) else {
      Issue.record("it does not try again")
      return
    }
    #expect(queue.delivery == DeliveryState(waiting: 1, isReachable: false, barredBy: "PEER_REFUSED_CERTIFICATE"))

    var kiosk = try KioskMachineTests.machine("asking")
    kiosk.deliver(queue.delivery)
    #expect(kiosk.page == .resting(.refused(reason: "PEER_REFUSED_CERTIFICATE")))
    #expect(kiosk.press(.character("5"), now: 0) == .none)

    // Let in again: the tap that waited is taken, and the page asks.
    queue.pauseIsOver()
    #expect(queue.next()?.number == 1)
    _ = queue.taken(1, Samples.receipt(try Samples.ballot(1)))
    kiosk.deliver(queue.delivery)
    #expect(kiosk.page == .asking)
  }
}

@Suite(.timeLimit(.minutes(1))) struct CastQueueTests {
  @Test(arguments: [false, true])
  func everyTapArrivesOnce(_ failsAfterwards: Bool) async throws {
    let service = FakeService()
    service.state.withLock {
      $0.failures = 4
      $0.failsAfterwards = failsAfterwards
    }
    let record = TapRecord()
    let queue = CastQueue(service: service) { report in
      if case .settled(_, let outcome) = report { record.add(outcome) }
    }
    for number in 1...100 { #expect(queue.tap(try Samples.ballot(UInt64(number)))) }
    await queue.finish(within: .seconds(50))
    #expect(service.ballots == 100)
    #expect(record.summary.counted + record.summary.replayed == 100)
    #expect(record.summary.status == .ok)
  }

  @Test func whatIsLeftAtTheEndIsTold() async throws {
    let service = FakeService()
    service.state.withLock { $0.failures = .max }
    let record = TapRecord()
    let queue = CastQueue(service: service) { report in
      if case .settled(_, let outcome) = report { record.add(outcome) }
    }
    for number in 1...5 { _ = queue.tap(try Samples.ballot(UInt64(number))) }
    await queue.finish(within: .milliseconds(1))
    #expect(record.summary.unconfirmed == 5)
    #expect(record.summary.status == .tryAgain)
  }

  @Test func whoIsStoppedDoesNotWaitForRoom() async throws {
    let service = FakeService()
    service.state.withLock { $0.failures = .max }
    let queue = CastQueue(service: service, capacity: 1) { _ in }
    _ = queue.tap(try Samples.ballot(1))
    let waiter = Task { await queue.waitForRoom() }
    waiter.cancel()
    await waiter.value
    #expect(!queue.tap(try Samples.ballot(2)))
    await queue.finish(within: .zero)
  }

  @Test func aFullQueueMakesThePipeWait() async throws {
    let service = FakeService()
    let queue = CastQueue(service: service, capacity: 2) { _ in }
    for number in 1...50 {
      await queue.waitForRoom()
      #expect(queue.tap(try Samples.ballot(UInt64(number))))
    }
    await queue.finish(within: .seconds(50))
    #expect(service.ballots == 50)
  }
}
