#include "folder.hpp"

#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>

namespace benchmarks {

Folder::Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "libblock-bench-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) {
        throw std::system_error(errno, std::generic_category(), name);
    }
    path_ = name;
}

Folder::~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

}  // namespace benchmarks
