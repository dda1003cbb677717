import Schema
import Testing

@testable import binhchon

@Suite struct DashboardScreenTests {
  typealias Samples = DashboardSamples

  private static func page(_ board: Dashboard, columns: Int, rows: Int = 24, style: Style = .plain) -> String {
    let page = DashboardScreen.render(
      board, nowMilliseconds: Samples.now, size: ScreenSize(columns: columns, rows: rows), style: style)
    #expect(page.count == rows)
    return text(page, style, columns: columns)
  }

  @Test func unitsOn60Columns() throws {
    #expect(
      Self.page(try Samples.full(), columns: 60) == """
         Đánh giá mức độ hài lòng với chất lượng phục vụ của UBND …
         hai-chau/mot-cua · mọi kênh · ● trực tiếp
         bản 1.234 · 4 giây trước
        [1 hôm nay 300] 2 hôm qua 0  3 tuần 300  4 tháng 300
         5 tổng 18.029.085
         Hôm nay  n = 300 · 7 gắn cờ             tỷ lệ, khoảng 95 %
          Rất không hài lòng █▎                 12   4,00 %    2–7 %
          Không hài lòng     ▋                   6   2,00 %    1–4 %
          Bình thường        ██▏                19   6,33 %   4–10 %
          Hài lòng           ████████████▊     113  37,67 %  32–43 %
          Rất hài lòng       █████████████████ 150  50,00 %  44–56 %
         Giờ 0–24        ▂▄█▆▂              14 ngày ▁           ▄█
        >*Đơn vị · Hôm nay                    n  hài lòng      95 %
        > Quầy 01                           100   95,00 %   89–98 %
          Quầy 02                           197   83,76 %   78–88 %
          Quầy 03                             0         –         –
          quay-04                             3  100,00 %  44–100 %
         Cảnh báo: 2, 1 chưa ai nhận
          ! Quầy 02         hài lòng giảm còn 61 % (n = 48), trước …
          ✓ quay-03         máy im lặng 2 giờ



         ?: giúp  q: thoát  a: cảnh báo  Enter: vào  w: kỳ  s: xếp
        """)
  }

  @Test func alertsOn60ColumnsInASCIIEnglish() throws {
    var board = try Samples.full(.en)
    _ = board.handle(.key(.character("a")), now: Samples.now)
    _ = board.handle(.key(.down), now: Samples.now)
    #expect(
      Self.page(board, columns: 60, style: .ascii) == """
         Satisfaction with the service of the Hai Chau District Pe.
         hai-chau/mot-cua - all channels - * live
         revision 1,234 - 4 s ago
        [1 today 300] 2 yesterday 0  3 week 300  4 month 300
         5 total 18,029,085
         Today  n = 300 - 7 flagged             share, 95% interval
          Very dissatisfied #                     12   4.00%    2-7%
          Dissatisfied      #                      6   2.00%    1-4%
          Neutral           ##                    19   6.33%   4-10%
          Satisfied         ###############      113  37.67%  32-43%
          Very satisfied    #################### 150  50.00%  44-56%
         Hours 0-24        :=@*:              14 days .           =@
         *Units - Today 1-3/4                 n  satisfied      95%
          Counter 01                        100     95.00%   89-98%
          Counter 02                        197     83.76%   78-88%
          Counter 03                          0          -        -
        >Alerts: 2, 1 not acknowledged
          ! Counter 02      satisfied fell to 61% (n = 48) from 90%
        > v quay-03         kiosk silent for 2 h
            kiosk silent for 2 h - kiosk/hai-chau/mot-cua/quay-03
            - since 15/11 02:26 - acknowledged by
            official/hai-chau/lan - owner Anh Minh - OVERDUE 15/11
            04:56 - "da goi" (official/hai-chau/lan)
         ?: help  q: quit  a: units  Space: acknowledge  o: owner
        """)
  }

  @Test func reconnectingOn80Columns() throws {
    var board = try Samples.full()
    _ = board.handle(.feed(.lost(Samples.lost), watch: 0), now: Samples.now)
    let lines = Self.page(board, columns: 80).split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines[1] == " hai-chau/mot-cua · mọi kênh · ○ đang nối lại        số liệu lúc 15/11 05:13:20")
    #expect(lines[2] == "[1 hôm nay 300] 2 hôm qua 0  3 tuần 300  4 tháng 300  5 tổng 18.029.085")
    #expect(lines[4] == "  Rất không hài lòng ██▍                              12   4,00 %    2,30–6,86 %")
    #expect(lines.last == " ?: giúp  q: thoát  a: cảnh báo  Enter: vào  w: kỳ  s: xếp  l: English")
  }

  /// What is left out of what is published is no 0, and nothing is worked out of it.
  @Test func whatIsLeftOutIsADash() throws {
    var board = try Samples.board()
    guard case .update(var update) = Samples.update(unit: "hai-chau/mot-cua") else { return }
    update.tally.windows[0].questions[0].choices[1].hidden = true
    update.tally.windows[0].flaggedBallotsHidden = true
    update.tally.windows[1].ballotsHidden = true
    _ = board.handle(.feed(.update(update), watch: 0), now: Samples.now)
    var figures = Samples.figures()
    figures.days = nil
    figures.units.rows[0].questions[0].choices[4].hidden = true
    figures.units.rows[1].ballotsHidden = true
    let view = Dashboard.View(unit: "hai-chau/mot-cua", window: .today, today: "2023-11-15")
    _ = board.handle(.figures(.success(figures), of: view), now: Samples.now)
    let page = Self.page(board, columns: 80)
    for line in ["2 hôm qua –  3 tuần 300", " Hôm nay  n = 300   ", " 14 ngày –"] {
      #expect(page.contains(line), "\(line)\n\(page)")
    }
    let lines = page.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    #expect(lines.contains { $0.starts(with: ["Không", "hài", "lòng", "–", "–", "–"]) })
    #expect(lines.contains([">", "Quầy", "01", "100", "–", "–"]))
    #expect(lines.contains { $0.starts(with: ["Quầy", "02", "–", "83,76"]) })
    #expect(!page.contains("gắn cờ"))
    #expect(WatchLine.text(board.watch, unicode: true)?.contains("hôm qua –") == true)
  }

  /// What is published from a later day on only is all dashes until then: the page says why.
  @Test(arguments: [60, 80]) func dashesSayWhy(_ columns: Int) throws {
    func page(k: UInt32, from firstDay: String, _ language: Language = .vi) throws -> String {
      var board = try Samples.board(language)
      guard case .update(var update) = Samples.update(unit: "hai-chau/mot-cua") else { return "" }
      (update.tally.k, update.tally.publishedFrom) = (k, firstDay)
      for window in update.tally.windows.indices { update.tally.windows[window].ballotsHidden = k > 0 }
      _ = board.handle(.feed(.update(update), watch: 0), now: Samples.now)
      return Self.page(board, columns: columns).replacing("\n", with: "").replacing(#/ +/#, with: " ")
    }
    let (all, later) = (try page(k: 5, from: ""), try page(k: 5, from: "2023-11-16"))
    #expect(!(try page(k: 0, from: "")).contains("k ="))
    #expect(all.contains("số liệu công bố, k = 5: “–” là không nêu") && !all.contains("chỉ từ ngày"))
    #expect(later.contains("“–” là không nêu; chỉ từ ngày 16/11/2023, vì không rõ trước đó đã công bố gì"))
    #expect(
      try page(k: 5, from: "2023-11-16", .en).contains(
        "“–” is left out; from 16/11/2023 on only: what was published before is not known"))
  }

  @Test func noDataIsNotZeroPercent() throws {
    for (language, words) in [(Language.vi, "chưa có dữ liệu"), (.en, "no data")] {
      var board = try Samples.full(language)
      _ = board.handle(.key(.character("2")), now: Samples.now)
      let page = Self.page(board, columns: 80)
      #expect(page.contains("n = 0 · \(words)"))
      #expect(!page.contains(" 0,00 %") && !page.contains(" 0.00%"))
    }
  }

  @Test(arguments: [(1, 1), (20, 5), (40, 8), (60, 16), (60, 24), (80, 24), (120, 36), (200, 60)])
  func everySizeIsFilledAndNoMore(_ columns: Int, _ rows: Int) throws {
    let size = ScreenSize(columns: columns, rows: rows)
    for language in Language.allCases {
      var boards = [try Samples.board(language), try Samples.full(language)]
      for key in [Key.character("a"), .character("o"), .character("?")] {
        var board = try Samples.full(language)
        _ = board.handle(.key(.character("a")), now: Samples.now)
        _ = board.handle(.key(key), now: Samples.now)
        boards.append(board)
      }
      for board in boards {
        for style in [Style.plain, .ascii, Style(colors: .many, unicode: true), Style(colors: .eight, unicode: true)] {
          let page = DashboardScreen.render(board, nowMilliseconds: Samples.now, size: size, style: style)
          #expect(page.count == rows)
          // Colours change nothing but colours.
          let plain = Style(colors: .none, unicode: style.unicode)
          for line in page { #expect(TextWidth.of(line.rendered(plain, columns: columns)) <= columns) }
          #expect(
            page == DashboardScreen.render(board, nowMilliseconds: Samples.now, size: size, style: plain))
        }
      }
    }
  }
}
