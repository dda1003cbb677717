import Kiosk
import Schema
import Testing

@testable import binhchon

@Suite struct KioskScreenTests {
  private func page(
    _ machine: KioskStateMachine, _ columns: Int = 80, _ rows: Int = 24, _ style: Style = .plain
  ) -> String {
    text(
      KioskScreen.render(machine, size: ScreenSize(columns: columns, rows: rows), style: style).lines, style,
      columns: columns)
  }

  private func machine() throws -> KioskStateMachine {
    try KioskStates.machine("asking", takesDossier: false)
  }

  /// All eleven are on a usual terminal, and a press of the last one's key is a 10.
  @Test(arguments: [(80, 24), (160, 40)])
  func elevenMarks(_ columns: Int, _ rows: Int) throws {
    var machine = KioskStateMachine(language: .vi, takesDossier: false, isLocked: false)
    machine.show(try KioskMachineTests.marks(.scale, 11), isOpen: true)
    let lines = page(machine, columns, rows)
    #expect(lines.contains("10: phím + hoặc x"))
    let shown = KioskScreen.render(machine, size: ScreenSize(columns: columns, rows: rows), style: .plain)
    for place in 0..<11 { #expect(shown.targets.contains { $0.target == .choice(place) }) }
    #expect(machine.handle(.key(.character("+")), now: 1) == [.take(.init(choice: 10, dossier: nil))])
  }

  @Test func asking80x24() throws {
    #expect(
      page(try machine()) == """

             Đánh giá mức độ hài lòng với chất lượng phục vụ của UBND Quận Hải Châu
                  Ông/Bà hài lòng đến mức nào với chất lượng phục vụ hôm nay?



           ╭────────────╮ ╭────────────╮ ╭────────────╮ ╭────────────╮ ╭────────────╮
           │            │ │            │ │            │ │            │ │            │
           │  ▄██████▄  │ │  ▄██████▄  │ │  ▄██████▄  │ │  ▄██████▄  │ │  ▄██████▄  │
           │▄██▀▀██▀▀██▄│ │▄██▀▀██▀▀██▄│ │▄██▀▀██▀▀██▄│ │▄██▀▀██▀▀██▄│ │▄██▀▀██▀▀██▄│
           │███▄▄██▄▄███│ │███▄▄██▄▄███│ │███▄▄██▄▄███│ │███▄▄██▄▄███│ │███▄▄██▄▄███│
           │████▀  ▀████│ │████▀▀▀▀████│ │████████████│ │███▀████▀███│ │███▀▀▀▀▀▀███│
           │▀██▄▄▄▄▄▄██▀│ │▀██▄████▄██▀│ │▀██▄▄▄▄▄▄██▀│ │▀███▄▄▄▄███▀│ │▀██▄    ▄██▀│
           │  ▀██████▀  │ │  ▀██████▀  │ │  ▀██████▀  │ │  ▀██████▀  │ │  ▀██████▀  │
           │            │ │            │ │            │ │            │ │            │
           │     1      │ │     2      │ │     3      │ │     4      │ │     5      │
           │ Rất không  │ │   Không    │ │Bình thường │ │  Hài lòng  │ │Rất hài lòng│
           │  hài lòng  │ │  hài lòng  │ │            │ │            │ │            │
           ╰────────────╯ ╰────────────╯ ╰────────────╯ ╰────────────╯ ╰────────────╯


         ╭─────────────╮
         │ English: l  │
         ╰─────────────╯
        """)
  }

  @Test func english60ColumnsASCIIWhileRatingsWait() throws {
    var machine = try machine()
    _ = machine.handle(.key(.character("l")), now: 1_000)
    machine.deliver(DeliveryState(waiting: 3, isReachable: false))
    #expect(
      page(machine, 60, 12, .ascii) == """
                    Satisfaction with the service of the
                    Hai Chau District People's Committee
                How satisfied are you with today's service?

          [   1   >:(  Very dissatisfied                         ]
          [   2   :-(  Dissatisfied                              ]
          [   3   :-|  Neutral                                   ]
          [   4   :-)  Satisfied                                 ]
          [   5   :-D  Very satisfied                            ]


         [ Tieng Viet: l ]    3 waiting to be sent - no connection
        """)
  }

  @Test func reasons80x24() throws {
    #expect(
      page(try KioskStates.machine("reasons")) == """

             Đánh giá mức độ hài lòng với chất lượng phục vụ của UBND Quận Hải Châu

                                     Đã ghi: Không hài lòng
                                       Điều gì chưa tốt?
                                Chọn một hoặc nhiều, hoặc bỏ qua

         ╭────────────────────────────────────╮  ╭────────────────────────────────────╮
         │                                    │  │                                    │
         │ 1 [ ] Chờ lâu                      │  │ 3 [ ] Hướng dẫn chưa rõ            │
         │                                    │  │                                    │
         ╰────────────────────────────────────╯  ╰────────────────────────────────────╯
         ╔════════════════════════════════════╗  ╭────────────────────────────────────╮
         ║                                    ║  │                                    │
         ║ 2 [x] Thái độ                      ║  │ 4 [ ] Phí, lệ phí                  │
         ║                                    ║  │                                    │
         ╚════════════════════════════════════╝  ╰────────────────────────────────────╯

                          ╭──────────────────╮    ╭──────────────────╮
                          │   Xong: Enter    │    │    Bỏ qua: 0     │
                          ╰──────────────────╯    ╰──────────────────╯
         ╭─────────────╮
         │ English: l  │
         ╰─────────────╯
        """)
  }

  @Test func thanks() throws {
    #expect(
      page(try KioskStates.machine("thanking"), 80, 10) == """
             Đánh giá mức độ hài lòng với chất lượng phục vụ của UBND Quận Hải Châu


                                       Xin cảm ơn Ông/Bà!

                                     Đánh giá: Rất hài lòng



         [ English: l ]
        """)
  }

  @Test func typingADossier() throws {
    #expect(
      page(try KioskStates.machine("typing"), 80, 24) == """

             Đánh giá mức độ hài lòng với chất lượng phục vụ của UBND Quận Hải Châu




                           Xin quét mã vạch hoặc mã QR trên giấy hẹn
                                hoặc gõ mã hồ sơ rồi nhấn Enter

                        ╭──────────────────────────────────────────────╮
                        │ H4_                                          │
                        ╰──────────────────────────────────────────────╯

                         ╭───────────────────╮    ╭──────────────────╮
                         │  Tiếp tục: Enter  │    │      Bỏ qua      │
                         ╰───────────────────╯    ╰──────────────────╯





         ╭───────────────╮
         │ English: Tab  │
         ╰───────────────╯
        """)
  }

  @Test func whatAnOfficialMustSee() throws {
    var machine = try machine()
    machine.deliver(DeliveryState(waiting: 800_000, level: .nearlyFull, isReachable: false))
    #expect(page(machine).contains("800.000 đang chờ gửi · mất kết nối · bộ nhớ sắp đầy"))
    machine.deliver(DeliveryState(waiting: 3, unreadyBy: "UNKNOWN_UNIT"))
    #expect(page(machine).contains("3 đang chờ gửi · máy chủ chưa nhận [UNKNOWN_UNIT]"))
    #expect(page(machine).contains("Rất hài lòng"))
  }

  @Test func whatACitizenMustSee() throws {
    let sorry = page(try KioskStates.machine("apologising"))
    #expect(sorry.contains("Xin lỗi, máy chưa ghi được đánh giá"))
    #expect(!sorry.contains("cảm ơn"))
    let before = page(try KioskStates.machine("noticing"))
    #expect(before.contains("Hồ sơ này đã được đánh giá trước đó"))
    #expect(before.contains("Đánh giá trước vẫn được giữ. Xin cảm ơn Ông/Bà!"))
    #expect(page(try KioskStates.machine("bound")).contains("Hồ sơ: H40-1"))
    var unreadable = try KioskStates.machine("asking")
    #expect(page(unreadable).contains("Có mã hồ sơ? Xin quét trước khi chọn"))
    _ = unreadable.handle(.unreadableScan, now: 1_000)
    #expect(page(unreadable).contains("Chưa đọc được mã, xin quét lại"))
    #expect(!page(try machine()).contains("hồ sơ"))
  }

  static let sizes = [
    (1, 1), (2, 2), (5, 3), (20, 5), (40, 10), (40, 15), (60, 12), (79, 23), (80, 24), (81, 25), (100, 30), (200, 50),
    (300, 9), (24, 60),
  ]

  /// Nothing is wider or higher than the screen, and what may be touched lies on it and apart.
  @Test(arguments: sizes)
  func everyPageFitsEverySize(_ columns: Int, _ rows: Int) throws {
    let size = ScreenSize(columns: columns, rows: rows)
    for name in KioskStates.names {
      for style in [Style.plain, .ascii, Style(colors: .many, unicode: true)] {
        let frame = KioskScreen.render(try KioskStates.machine(name), size: size, style: style)
        #expect(frame.lines.count == rows)
        for line in frame.lines {
          #expect(line.width <= columns)
          if !style.unicode { #expect(line.pieces.allSatisfy { $0.text.utf8.allSatisfy { $0 < 0x7F } }) }
        }
        for (index, (area, _)) in frame.targets.enumerated() where columns >= 40 && rows >= 10 {
          #expect(area.row >= 0 && area.bottom <= rows && area.column >= 0 && area.right <= columns, "\(name) \(area)")
          for (other, _) in frame.targets[(index + 1)...] {
            let isApart =
              area.bottom <= other.row || other.bottom <= area.row || area.right <= other.column
              || other.right <= area.column
            #expect(isApart, "\(name): \(area) and \(other)")
          }
        }
      }
    }
  }

  /// From 40 × 10 on every level has its word, whole, and a place to touch; and so has every reason.
  @Test(arguments: sizes.filter { $0.0 >= 40 && $0.1 >= 10 })
  func everyLevelCanBeReadAndTouched(_ columns: Int, _ rows: Int) throws {
    let size = ScreenSize(columns: columns, rows: rows)
    for name in ["asking", "reasons"] {
      var machine = try KioskStates.machine(name, takesDossier: false)
      for _ in Language.allCases {
        _ = machine.handle(.touch(.language), now: 1_000)
        let frame = KioskScreen.render(machine, size: size, style: .plain)
        let words = text(frame.lines, columns: columns).split { $0.isWhitespace || "│[]".contains($0) }
        let form = try #require(machine.form)
        let choices = name == "asking" ? form.choices : form.followUps[0].choices
        for choice in choices {
          for word in choice.label(machine.language).split(separator: " ") { #expect(words.contains(word), "\(word)") }
          #expect(words.contains("\(choice.key)"))
        }
        for index in choices.indices {
          #expect(frame.targets.contains { $0.target == (name == "asking" ? .choice(index) : .reason(index)) })
        }
        if name == "reasons" {
          #expect(frame.targets.contains { $0.target == .skip } && frame.targets.contains { $0.target == .confirm })
        }
      }
    }
  }

  @Test func aFingerOnAFaceIsItsLevel() throws {
    let frame = KioskScreen.render(try machine(), size: .usual, style: .plain)
    func target(_ column: Int, _ row: Int) -> KioskTarget? { frame.target(of: Mouse(column: column, row: row)) }
    // The box of the first face begins in column 4 and row 7, counted from 1.
    #expect(target(4, 7) == .choice(0))
    #expect(target(17, 18) == .choice(0))
    #expect(target(18, 12) == nil)
    #expect(target(19, 12) == .choice(1))
    #expect(target(70, 12) == .choice(4))
    #expect(target(3, 7) == nil)
    #expect(target(4, 6) == nil)
    #expect(target(5, 23) == .language)
    #expect(target(0, 0) == nil)
    #expect(target(999, 999) == nil)
  }

  @Test func choicesThatAreNoLevelsHaveNoFaces() throws {
    var poll = try Samples.poll()
    poll.questions[0].kind = .single
    var machine = KioskStateMachine(language: .vi)
    machine.show(try KioskForm(poll), isOpen: true)
    let page = page(machine)
    #expect(page.contains("1   Rất không hài lòng"))
    #expect(!page.contains("█") && !page.contains(":-"))
  }
}
