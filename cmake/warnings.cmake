# Gives a target of ours our warnings; they are errors only if LIBBLOCK_WARNINGS_AS_ERRORS is on.
function(libblock_warnings target)
  if(MSVC)
    target_compile_options(${target} PRIVATE /W4 /permissive- /utf-8)
  else()
    target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wconversion)
  endif()
  set_target_properties(${target} PROPERTIES COMPILE_WARNING_AS_ERROR
                                             ${LIBBLOCK_WARNINGS_AS_ERRORS})
endfunction()
