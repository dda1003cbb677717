import Kiosk
import Schema
import Testing

@testable import binhchon

@Suite struct KioskMachineTests {
  static func machine(_ page: String) throws -> KioskStateMachine {
    var machine = KioskStateMachine(language: .vi)
    if page == "starting" { return machine }
    machine.show(try KioskForm(try Samples.poll()), isOpen: page != "notOpen")
    if page == "full" { machine.deliver(DeliveryState(waiting: 9, level: .full, isReachable: false)) }
    if page == "refused" { machine.refuse(reason: "WRONG_ROLE") }
    if page == "unfit" { machine.showNothing() }
    if page == "thanking" {
      #expect(machine.press(.character("4"), now: 1_000) == .take(choice: 3, isRepetition: false))
      machine.taken(choice: 3, now: 1_000)
    }
    if page == "apologising" { machine.notTaken(now: 1_000) }
    return machine
  }

  static let thanks = KioskStateMachine.Page.thanking(choice: 3, until: 3_000)
  static let pages: [(String, KioskStateMachine.Page)] = [
    ("starting", .starting), ("asking", .asking), ("thanking", thanks), ("notOpen", .resting(.notOpen)),
    ("full", .resting(.full)), ("refused", .resting(.refused(reason: "WRONG_ROLE"))),
    ("apologising", .apologising(until: 3_000)), ("unfit", .resting(.unfit)),
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
    switch name {
    case "asking": #expect(action == .take(choice: 1, isRepetition: false))
    case "thanking": #expect(action == .take(choice: 1, isRepetition: true))
    default: #expect(action == .none)
    }
    // Nobody is thanked before the rating is on the disk.
    #expect(machine.page == page)
  }

  @Test(arguments: pages)
  func whatBecameOfATapOnEveryPage(_ name: String, _ page: KioskStateMachine.Page) throws {
    var taken = try Self.machine(name)
    taken.taken(choice: 1, now: 1_500)
    #expect(taken.page == (name == "asking" ? .thanking(choice: 1, until: 3_500) : page))
    var notTaken = try Self.machine(name)
    notTaken.notTaken(now: 1_500)
    #expect(notTaken.page == (name == "asking" ? .apologising(until: 3_500) : page))
  }

  @Test(arguments: pages)
  func newsOnEveryPage(_ name: String, _ page: KioskStateMachine.Page) throws {
    let isThanking = ["thanking", "apologising"].contains(name)
    let isUnfit = name == "unfit"
    var full = try Self.machine(name)
    full.deliver(DeliveryState(waiting: 1, level: .full))
    #expect(full.page == (name == "asking" ? .resting(.full) : page))
    var room = try Self.machine(name)
    room.deliver(DeliveryState())
    #expect(room.page == (name == "full" ? .asking : page))
    var closed = try Self.machine(name)
    closed.wait(reason: "POLL_NOT_OPEN", version: 1)
    #expect(
      closed.page == (isThanking || isUnfit || name == "starting" || name == "refused" ? page : .resting(.notOpen)))
    var refused = try Self.machine(name)
    refused.refuse(reason: "OUT_OF_SCOPE")
    #expect(
      refused.page == (isThanking || isUnfit || name == "starting" ? page : .resting(.refused(reason: "OUT_OF_SCOPE"))))
    var unready = try Self.machine(name)
    unready.wait(reason: "UNKNOWN_POLL", version: 1)
    let waiting = KioskStateMachine.Page.resting(.refused(reason: "UNKNOWN_POLL"))
    #expect(
      unready.page == (isThanking || isUnfit || ["starting", "refused"].contains(name) ? page : waiting))
    unready.goOn()
    #expect(unready.page == page)
    unready.wait(reason: "UNKNOWN_POLL", version: 2)
    #expect(unready.page == page)
    var unfit = try Self.machine(name)
    unfit.showNothing()
    #expect(unfit.page == (isThanking ? page : .resting(.unfit)))
    var shown = try Self.machine(name)
    shown.show(try KioskForm(try Samples.poll()), isOpen: true)
    #expect(shown.page == (isThanking || ["full", "refused"].contains(name) ? page : .asking))
    var nearly = try Self.machine(name)
    nearly.deliver(DeliveryState(waiting: 1, level: .nearlyFull))
    #expect(nearly.page == (name == "full" ? .asking : page))
    var barred = try Self.machine(name)
    barred.deliver(DeliveryState(waiting: 1, barredBy: "PEER_REFUSED_CERTIFICATE"))
    #expect(
      barred.page
        == (isThanking || ["starting", "refused"].contains(name)
          || isUnfit
          ? page : .resting(.refused(reason: "PEER_REFUSED_CERTIFICATE"))))
    barred.deliver(DeliveryState())
    #expect(barred.page == (name == "full" ? .asking : page))
    var later = try Self.machine(name)
    later.tick(now: 2_999)
    #expect(later.page == page)
    later.tick(now: 3_000)
    #expect(later.page == (isThanking ? .asking : page))
  }

  @Test func thanksLastTwoSecondsThenTheNextPersonSeesTheFirstLanguage() throws {
    var machine = try Self.machine("asking")
    _ = machine.press(.character("l"), now: 0)
    #expect(machine.press(.character("5"), now: 100) == .take(choice: 4, isRepetition: false))
    machine.taken(choice: 4, now: 100)
    // Who presses on does not hold up the next one.
    #expect(machine.press(.character("1"), now: 200) == .take(choice: 0, isRepetition: true))
    machine.taken(choice: 0, now: 200)
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
    machine.wait(reason: "POLL_NOT_OPEN", version: 1)
    machine.tick(now: 3_000)
    #expect(machine.page == .resting(.notOpen))
  }

  @Test func theNextPersonMayBeEarlierThanTheTick() throws {
    var machine = try Self.machine("thanking")
    #expect(machine.press(.character("5"), now: 2_999) == .take(choice: 4, isRepetition: true))
    #expect(machine.press(.character("5"), now: 3_000) == .take(choice: 4, isRepetition: false))
    machine.taken(choice: 4, now: 3_000)
    #expect(machine.page == .thanking(choice: 4, until: 5_000))
  }

  @Test func anotherVersionDuringThanksLeavesWhatWasChosen() throws {
    var machine = try Self.machine("asking")
    #expect(machine.press(.character("5"), now: 0) == .take(choice: 4, isRepetition: false))
    machine.taken(choice: 4, now: 0)
    var poll = try Samples.poll()
    poll.version = 2
    poll.questions[0].choices.removeLast(3)
    machine.show(try KioskForm(poll), isOpen: true)
    #expect(text(KioskScreen.render(machine, size: .usual, style: .plain)).contains("Đánh giá: Rất hài lòng"))
    #expect(machine.press(.character("5"), now: 100) == .none)
    machine.showNothing()
    machine.tick(now: 2_000)
    #expect(machine.page == .resting(.unfit))
    machine.show(try KioskForm(poll), isOpen: true)
    #expect(machine.page == .asking)
  }

  @Test func anotherVersionEndsTheWaitForTheOneBefore() throws {
    var machine = try Self.machine("asking")
    machine.wait(reason: "UNKNOWN_POLL", version: 1)
    let page = machine.page
    machine.show(try KioskForm(try Samples.poll()), isOpen: true)
    #expect(machine.page == page)
    var poll = try Samples.poll()
    poll.version = 2
    machine.show(try KioskForm(poll), isOpen: true)
    #expect(machine.page == .asking)
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
    two.questions[2].optional = true
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
    machine.deliver(DeliveryState(waiting: 3, isReachable: false))
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

  @Test func aNearlyFullSpoolIsSeenWhileRatingsAreStillTaken() throws {
    var machine = try KioskMachineTests.machine("asking")
    machine.deliver(DeliveryState(waiting: 800_000, level: .nearlyFull, isReachable: false))
    let page = text(KioskScreen.render(machine, size: .usual, style: .plain))
    #expect(page.contains("800.000 đang chờ gửi · mất kết nối · bộ nhớ sắp đầy"))
    #expect(page.contains("Rất hài lòng"))
  }

  @Test func whyRatingsStayIsSeen() throws {
    var machine = try KioskMachineTests.machine("asking")
    machine.deliver(DeliveryState(waiting: 3, unreadyBy: "UNKNOWN_UNIT"))
    let page = text(KioskScreen.render(machine, size: .usual, style: .plain))
    #expect(page.contains("3 đang chờ gửi · máy chủ chưa nhận [UNKNOWN_UNIT]"))
    #expect(page.contains("Rất hài lòng"))
  }

  @Test func aRatingThatIsNotKeptIsApologisedFor() throws {
    let page = text(KioskScreen.render(try KioskMachineTests.machine("apologising"), size: .usual, style: .plain))
    #expect(page.contains("Xin lỗi, máy chưa ghi được đánh giá"))
    #expect(!page.contains("cảm ơn"))
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
