import ArgumentParser

/// `binhchon kiosk`: the page itself, where nothing else is said, and what makes a device a kiosk.
struct KioskCommands: AsyncParsableCommand {
  static let configuration = CommandConfiguration.command(
    "kiosk", Text(vi: "Máy đánh giá: chạy, đăng ký, gia hạn.", en: "A kiosk: run it, enrol it, renew it."),
    examples: [
      (
        "binhchon kiosk --poll hai-chau-hai-long --unit hai-chau/mot-cua/quay-03",
        Text(vi: "mở trang đánh giá ở quầy 03", en: "the page at counter 03")
      ),
      (
        "binhchon kiosk enrol --server binhchon.hai-chau.test:7443 --ca ca.pem",
        Text(vi: "xin chứng thư bằng mã một lần", en: "get a certificate with a one-time code")
      ),
      ("binhchon kiosk run --help", Text(vi: "mọi tùy chọn của trang đánh giá", en: "all options of the page")),
    ],
    subcommands: [Kiosk.self, EnrolKiosk.self, RenewKiosk.self], defaultSubcommand: Kiosk.self)
}
