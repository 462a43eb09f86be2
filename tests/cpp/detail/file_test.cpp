#include "libblock/detail/file.hpp"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support.hpp"

namespace fs = std::filesystem;
namespace detail = libblock::detail;
using namespace libblock;
using namespace libblock::test;

namespace {

constexpr std::size_t enough = 1024 * 1024;

std::vector<std::string> names_in(const TemporaryFolder& folder) {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder.path())) {
        names.push_back(entry.path().filename().string());
    }
    std::sort(names.begin(), names.end());
    return names;
}

void replace(const fs::path& path, std::string_view bytes) {
    detail::StagedFile(path, bytes).commit();
}

fs::perms mode_of(const fs::path& path) {
    return fs::status(path).permissions();
}

/// Gives up the powers of root while it lives, for there is no file that root cannot write.
class WithoutRoot {
public:
    WithoutRoot() : user_(::geteuid()) {
        if (user_ == 0) REQUIRE(::seteuid(65534) == 0);
    }
    ~WithoutRoot() {
        if (user_ == 0) static_cast<void>(::seteuid(user_));
    }
    WithoutRoot(const WithoutRoot&) = delete;
    WithoutRoot& operator=(const WithoutRoot&) = delete;

private:
    ::uid_t user_;
};

/// Lets no file grow over `bytes` while it lives: what a full disk does.
class SmallFiles {
public:
    explicit SmallFiles(::rlim_t bytes) {
        ::getrlimit(RLIMIT_FSIZE, &before_);
        handler_ = std::signal(SIGXFSZ, SIG_IGN);
        const ::rlimit small{bytes, before_.rlim_max};
        REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
    }
    ~SmallFiles() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, handler_);
    }
    SmallFiles(const SmallFiles&) = delete;
    SmallFiles& operator=(const SmallFiles&) = delete;

private:
    ::rlimit before_{};
    void (*handler_)(int) = SIG_DFL;
};

}  // namespace

TEST_CASE("paths are text in UTF-8") {
    CHECK(detail::to_utf8(fs::path(u8"a/é")) == "a/é");
    CHECK(detail::from_utf8("a/é") == fs::path(u8"a/é"));
}

TEST_CASE("a file is read as it is") {
    const TemporaryFolder folder;
    for (const std::size_t size : {0U, 1U, 262143U, 262144U, 262145U, 1000000U}) {
        const std::string bytes(size, '\r');
        write_file(folder / "file", bytes);
        CHECK(detail::read_file(folder / "file", enough) == bytes);
    }
    CHECK(detail::read_if_exists(folder / "file", enough)->size() == 1000000);
    CHECK_FALSE(detail::read_if_exists(folder / "none", enough).has_value());
    fs::create_symlink("file", folder / "link");
    CHECK(detail::read_file(folder / "link", enough).size() == 1000000);
}

#ifdef __linux__  // where there are regular files that cannot be read
TEST_CASE("a file that breaks off is refused") {
    const Error error = error_of([] { detail::read_file("/proc/self/mem", enough); });
    CHECK(error.code() == ErrorCode::FileAccess);
    CHECK(error.message() == "cannot be read to its end");
}
#endif

TEST_CASE("a file that is larger than it may be is refused") {
    const TemporaryFolder folder;
    write_file(folder / "file", "12345");
    CHECK(detail::read_file(folder / "file", 5) == "12345");
    const Error error = error_of([&] { detail::read_file(folder / "file", 4); });
    CHECK(error.code() == ErrorCode::LimitExceeded);
    CHECK(error.message() == "is larger than 4 bytes");
    CHECK(error.file() == (folder / "file").string());
    CHECK(code_of([] { detail::read_file("/dev/zero", 4); }) == ErrorCode::FileAccess);
}

TEST_CASE("what is no regular file is not read, and never waited for") {
    const TemporaryFolder folder;
    REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
    const auto message = [](const fs::path& path) {
        const Error error = error_of([&] { detail::read_file(path, enough); });
        CHECK(error.code() == ErrorCode::FileAccess);
        CHECK(error.file() == path.string());
        return error.message();
    };
    CHECK(message(folder / "pipe") == "is not a regular file");
    CHECK(message("/dev/null") == "is not a regular file");
    CHECK(message(folder.path()) == "is a folder, not a file");
    CHECK(message(folder / "none") == "cannot be read: No such file or directory");
    CHECK(code_of([&] { detail::read_if_exists(folder / "pipe", enough); }) ==
          ErrorCode::FileAccess);
    write_file(folder / "secret", "x");
    fs::permissions(folder / "secret", fs::perms::none);
    const WithoutRoot ordinary;
    CHECK(message(folder / "secret") == "cannot be read: Permission denied");
}

TEST_CASE("a new file appears when it is committed, and only then") {
    const TemporaryFolder folder;
    {
        detail::StagedFile file(folder / "new", "bytes");
        CHECK_FALSE(fs::exists(folder / "new"));
        detail::StagedFile moved(std::move(file));
        moved.commit();
        CHECK(names_in(folder) == std::vector<std::string>{"new"});
    }
    CHECK(read_file(folder / "new") == "bytes");
    { const detail::StagedFile abandoned(folder / "new", "other"); }
    CHECK(read_file(folder / "new") == "bytes");
    CHECK(names_in(folder) == std::vector<std::string>{"new"});
}

TEST_CASE("a path may be relative") {
    const TemporaryFolder folder;
    const fs::path before = fs::current_path();
    fs::current_path(folder.path());
    replace("file", "bytes");
    fs::create_symlink("file", "link");
    replace("link", "other");
    fs::current_path(before);
    CHECK(read_file(folder / "file") == "other");
}

TEST_CASE("a folder that cannot be listed can be written") {
    const TemporaryFolder folder;
    fs::permissions(folder.path(), fs::perms{0733});
    {
        const WithoutRoot ordinary;
        replace(folder / "file", "bytes");
    }
    CHECK(read_file(folder / "file") == "bytes");
}

TEST_CASE("several files are staged side by side") {
    const TemporaryFolder folder;
    detail::StagedFile a(folder / "a", "1");
    detail::StagedFile b(folder / "b", "2");
    b.commit();
    a.commit();
    CHECK(read_file(folder / "a") == "1");
    CHECK(read_file(folder / "b") == "2");
}

TEST_CASE("a file keeps its mode when it is replaced") {
    const TemporaryFolder folder;
    write_file(folder / "file", "old");
    for (const auto mode : {fs::perms{0600}, fs::perms{0444}, fs::perms{0755}, fs::perms{0000}}) {
        fs::permissions(folder / "file", mode);
        replace(folder / "file", "new");
        CHECK(mode_of(folder / "file") == mode);
    }
    const ::mode_t mask = ::umask(027);
    replace(folder / "fresh", "new");
    ::umask(mask);
    CHECK(mode_of(folder / "fresh") == fs::perms{0640});
}

TEST_CASE("a symbolic link stays, and its target is replaced") {
    const TemporaryFolder folder;
    fs::create_directory(folder / "below");
    write_file(folder / "below/target", "old");
    fs::create_symlink("below/target", folder / "one");
    fs::create_symlink(folder / "one", folder / "two");
    replace(folder / "two", "new");
    CHECK(fs::is_symlink(folder / "two"));
    CHECK(fs::is_symlink(folder / "one"));
    CHECK(read_file(folder / "below/target") == "new");
    CHECK(detail::follow_links(folder / "two") == folder / "below/target");
}

TEST_CASE("a link to a file that is missing makes the file") {
    const TemporaryFolder folder;
    fs::create_symlink("target", folder / "link");
    replace(folder / "link", "new");
    CHECK(read_file(folder / "target") == "new");
}

TEST_CASE("links that lead in a circle are refused") {
    const TemporaryFolder folder;
    fs::create_symlink("b", folder / "a");
    fs::create_symlink("a", folder / "b");
    const Error error = error_of([&] { replace(folder / "a", "new"); });
    CHECK(error.code() == ErrorCode::FileAccess);
    CHECK(error.message() == "is a symbolic link that leads nowhere");
}

TEST_CASE("what cannot be written leaves nothing behind") {
    const TemporaryFolder folder;
    const auto refusal = [](const fs::path& path) {
        const Error error = error_of([&] { replace(path, std::string(100000, 'x')); });
        CHECK(error.code() == ErrorCode::FileAccess);
        CHECK(error.file() == path.string());
        return error.message();
    };
    write_file(folder / "file", "old");
    CHECK(refusal(folder / "none/file") == "cannot be written: No such file or directory");
    CHECK(refusal(folder / "file/file") == "cannot be written: Not a directory");
    CHECK(refusal(folder.path()) == "is a folder, not a file");
    CHECK(refusal("/dev/null") == "is not a regular file");
    {
        const SmallFiles full(1000);
        CHECK(refusal(folder / "file") == "cannot be written: File too large");
        CHECK(refusal(folder / "new") == "cannot be written: File too large");
        CHECK(code_of([&] { replace(folder / "new", std::string(1001, 'x')); }) ==
              ErrorCode::FileAccess);
    }
    {
        fs::permissions(folder.path(), fs::perms{0555});
        const WithoutRoot ordinary;
        CHECK(refusal(folder / "file") == "cannot be written: Permission denied");
    }
    fs::permissions(folder.path(), fs::perms{0755});
    CHECK(read_file(folder / "file") == "old");
    CHECK(names_in(folder) == std::vector<std::string>{"file"});
}

TEST_CASE("a folder that took the place of the file is not replaced") {
    const TemporaryFolder folder;
    detail::StagedFile file(folder / "file", "new");
    fs::create_directory(folder / "file");
    const Error error = error_of([&] { file.commit(); });
    CHECK(error.code() == ErrorCode::FileAccess);
    CHECK(error.message() == "cannot be replaced: Is a directory");
}

TEST_CASE("leftovers of others are left alone, but there may be too many") {
    const TemporaryFolder folder;
    for (int i = 0; i < 1000; ++i) {
        write_file(folder / (".libblock-" + std::to_string(i) + ".tmp"), "");
    }
    const Error error = error_of([&] { replace(folder / "file", "new"); });
    CHECK(error.code() == ErrorCode::FileAccess);
    fs::remove(folder / ".libblock-500.tmp");
    replace(folder / "file", "new");
    CHECK(read_file(folder / "file") == "new");
    CHECK(names_in(folder).size() == 1000);
}

TEST_CASE("a name of the greatest length can be written") {
    const TemporaryFolder folder;
    const auto path = folder / std::string(255, 'n');
    replace(path, "new");
    CHECK(read_file(path) == "new");
}
