#include "programs.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <system_error>

#include "peers.hpp"

namespace benchmarks {

/// A program and its arguments before the file.
struct Program {
    const char* name;
    std::vector<const char*> command;
    bool writes_notes = false;  ///< which nobody wants to see here
};

namespace {

constexpr int runs = 3;

constexpr auto python_program =
    "import re, sys\n"
    "with open(sys.argv[2], 'rb') as file: text = file.read()\n"
    "found = re.findall(sys.argv[1].encode(), text)\n"
    "sys.stdout.buffer.writelines(digits + b'\\n' for digits in found)\n";

const Program& our_command() {
    static const Program command{
        "libblock extract", {"libblock", "extract", "--no-context", "--format", "hashes"}, true};
    return command;
}

const std::array<Program, 4>& peers() {
    static const std::array<Program, 4> all{{
        {"ripgrep", {"rg", "--no-config", "--no-unicode", "-a", "-o", hash_pattern}},
        {"grep -oP", {"grep", "-a", "-oP", pcre_pattern}},
        {"grep -oE", {"grep", "-a", "-oE", hash_pattern}},
        {"Python re", {"python3", "-c", python_program, hash_pattern}},
    }};
    return all;
}

bool is_installed(const Program& program) {
    const char* const path = std::getenv("PATH");
    std::istringstream folders(path == nullptr ? "" : path);
    for (std::string folder; std::getline(folders, folder, ':');) {
        const auto file = std::filesystem::path(folder) / program.command.front();
        if (::access(file.c_str(), X_OK) == 0) return true;
    }
    return false;
}

void require(int error, const std::string& what) {
    if (error != 0) throw std::system_error(error, std::generic_category(), what);
}

double seconds(const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

/// Runs a command with its output in a file, and gives its time of the CPU. Not /dev/null: grep
/// knows that one, and stops at the first match.
double run(const Program& program, const char* input, const std::filesystem::path& output) {
    const std::string name = program.name;
    auto command = program.command;
    command.push_back(input);
    command.push_back(nullptr);
    std::array<const char*, 2> environment{"LC_ALL=C", nullptr};

    posix_spawn_file_actions_t actions;
    require(::posix_spawn_file_actions_init(&actions), name);
    ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output.c_str(),
                                       O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (program.writes_notes) {
        ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    }
    pid_t child = 0;
    const int error = ::posix_spawnp(&child, command.front(), &actions, nullptr,
                                     const_cast<char* const*>(command.data()),
                                     const_cast<char* const*>(environment.data()));
    ::posix_spawn_file_actions_destroy(&actions);
    require(error, name);

    int status = 0;
    rusage usage{};
    if (::wait4(child, &status, 0, &usage) < 0) require(errno, name);
    // 1: nothing was found.
    if (!WIFEXITED(status) || WEXITSTATUS(status) > 1) throw std::runtime_error(name + " failed");
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

std::uint64_t count_lines(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    const std::istreambuf_iterator<char> end;
    return static_cast<std::uint64_t>(std::count(std::istreambuf_iterator<char>(file), end, '\n'));
}

}  // namespace

void Programs::write(std::string_view text) const {
    std::ofstream file(folder_ / "corpus", std::ios::binary);
    file.write(text.data(), static_cast<std::streamsize>(text.size()));
    if (!file.flush()) throw std::runtime_error("cannot write " + (folder_ / "corpus").string());
}

void Programs::add_way(std::vector<Way>& ways, const Program& program, std::size_t bytes) const {
    if (!is_installed(program)) return;
    const auto look = [&program, input = folder_ / "corpus",
                       output = folder_ / "found"](std::string_view) -> Sample {
        const double time = run(program, input.c_str(), output);
        return {time, count_lines(output)};
    };
    ways.push_back({program.name, bytes, runs, look});
}

std::vector<Way> Programs::our_ways(std::size_t bytes) const {
    std::vector<Way> ways;
    add_way(ways, our_command(), bytes);
    return ways;
}

std::vector<Way> Programs::peer_ways(std::size_t bytes) const {
    std::vector<Way> ways;
    for (const Program& program : peers()) add_way(ways, program, bytes);
    return ways;
}

std::vector<std::string> Programs::missing() {
    std::vector<std::string> names;
    if (!is_installed(our_command())) names.emplace_back(our_command().name);
    for (const Program& program : peers()) {
        if (!is_installed(program)) names.emplace_back(program.name);
    }
    return names;
}

}  // namespace benchmarks
