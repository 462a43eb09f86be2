#include "bindings.hpp"
#include "libblock/version.hpp"

namespace py = pybind11;

PYBIND11_MODULE(_core, m) {
    using namespace libblock::bindings;

    m.doc() = "The C++ core; `import libblock` re-exports all of it.";
    // Classes say that they are of the package, where users and pickles find them.
    m.attr("__module__") = "libblock";
    m.attr("__version__") = libblock::version;

    // Each comes after those whose types its defaults and signatures name.
    bind_error(m);
    bind_platform(m);
    bind_field(m);
    bind_timestamp(m);
    bind_sha256(m);
    bind_hasher(m);
    bind_hash_set(m);
    bind_hash_index(m);
    bind_file_facts(m);
    bind_rule(m);
    bind_extraction(m);
    bind_extractor(m);
    bind_hash_entry(m);
    bind_package(m);
    bind_policy(m);
    bind_decision(m);
    bind_check(m);
    bind_target(m);
    bind_compilation(m);
    bind_hash_list(m);
    bind_document(m);

    py::delattr(m, "__module__");
}
