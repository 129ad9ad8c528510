# Chooses where TorchSharp and Microsoft.ML.Tokenizers come from. Sourced by setup.sh.

# What TorchSharp's native library needs of libstdc++ (GCC 13's): without it the package restores but does not load.
needed_symbols=GLIBCXX_3.4.32
unreachable='NU1301|Unable to load the service index|Resource temporarily unavailable'

# choose_provider WISH: WISH is local, nuget, auto or nothing. Sets and exports PackageProvider.
choose_provider() {
    local wish=$1 reason
    if [[ -n $wish && $wish != auto ]]; then
        unset TorchSharpPackage
        [[ $wish != nuget ]] || ! has_gpu || export TorchSharpPackage=TorchSharp-cuda-linux
        decide "$wish" "you asked for it with --provider"
    elif [[ -n ${PackageProvider:-} && $wish != auto ]]; then
        [[ $PackageProvider == local || $PackageProvider == nuget ]] ||
            die 2 "PackageProvider is '$PackageProvider': it must be local or nuget."
        [[ -z $environment_provider ]] || say "package provider: $PackageProvider, because the environment says so."
    else
        unset PackageProvider TorchSharpPackage
        if reason=$(why_packages_cannot_load); then
            decide local "$reason"
        else
            try_packages
        fi
    fi
}

# decide PROVIDER REASON: remembers the choice where editors and `dotnet build` see it too.
decide() {
    export PackageProvider=$1
    [[ $1 != local ]] || find_wheel
    say "package provider: $1${TorchSharpPackage:+ ($TorchSharpPackage)}, because $2."
    {
        printf '<Project>\n  <!-- Written by ./lab; ./lab setup with the provider auto chooses again. -->\n  <PropertyGroup>\n'
        property PackageProvider "$1"
        property TorchSharpPackage "${TorchSharpPackage:-}"
        property LIBTORCH "${found_wheel:-}"
        property PackageProviderReason "$2"
        printf '  </PropertyGroup>\n</Project>\n'
    } >"$choice.new"
    mv "$choice.new" "$choice"
}

property() {
    local value=${2//&/&amp;}
    value=${value//</&lt;}
    [[ -z $value ]] || printf "    <%s Condition=\"'\$(%s)' == ''\">%s</%s>\n" "$1" "$1" "$value" "$1"
}

has_gpu() { command -v nvidia-smi >/dev/null && nvidia-smi -L 2>/dev/null | grep -q '^GPU '; }

# Prints the reason and succeeds where the packages cannot work, which is cheaper to know than 128 MB are to fetch.
why_packages_cannot_load() {
    [[ $(uname -s) == Linux ]] || return 1
    case $(uname -m) in
        x86_64) ;;
        *) echo "no package carries libtorch for Linux on $(uname -m)"; return ;;
    esac
    local library
    library=$(libstdcxx)
    [[ -n $library ]] || { echo "no libstdc++.so.6 was found for TorchSharp's native library to load"; return; }
    ! grep -qaF "$needed_symbols" "$library" || return 1
    echo "TorchSharp's native library needs $needed_symbols (GCC 13), which $library lacks"
}

libstdcxx() {
    local file
    file=$( (ldconfig -p 2>/dev/null || /sbin/ldconfig -p 2>/dev/null) | sed -n 's|.*libstdc++\.so\.6 (.*x86-64.*=> ||p' | head -n 1)
    for file in "$file" /usr/lib/x86_64-linux-gnu/libstdc++.so.6 /usr/lib64/libstdc++.so.6 /usr/lib/libstdc++.so.6; do
        [[ -f $file ]] && { printf '%s' "$file"; return; }
    done
    return 0
}

# Restores the packages, the CUDA one first where there is a GPU; what cannot be restored is had locally.
try_packages() {
    local package lacking='' size
    for package in $(has_gpu && echo TorchSharp-cuda-linux) TorchSharp-cpu; do
        [[ $package == TorchSharp-cuda-linux || -z $lacking || -z ${LIBTORCH:-$(wheel)} ]] || continue
        export PackageProvider=nuget TorchSharpPackage=$package
        [[ $package == TorchSharp-cpu ]] && size='130 MB' || size='2.5 GB'
        if step "fetching $package (some $size) and Microsoft.ML.Tokenizers" \
            dotnet restore "$root/lib/PeftLabs/PeftLabs.csproj" -v q; then
            decide nuget "$package and Microsoft.ML.Tokenizers can be restored and will load${lacking:+ ($lacking cannot be had)}"
            return
        fi
        ! log_says "$unreachable" || no_network "NuGet's package source" "$package and Microsoft.ML.Tokenizers" \
            "./lab --provider local … needs neither."
        log_says 'NU1101|NU1102' || { show_log; die 1 "restoring $package failed (above)."; }
        lacking=$package
    done
    unset TorchSharpPackage
    decide local "the package source lacks $(log_packages "$lacking")"
}

# The packages that the last restore did not find.
log_packages() {
    local names
    names=$(grep -oE 'NU110[12]: Unable to find package [A-Za-z0-9.-]+[A-Za-z0-9]' "$log" | sed 's/.* //' | sort -u | paste -sd, - | sed 's/,/, /g')
    printf '%s' "${names:-$1}"
}

# A GPU without a CUDA package: libtorch is also inside a PyTorch wheel. Found without importing it.
find_wheel() {
    found_wheel=''
    ! has_gpu || [[ -n ${LIBTORCH:-} ]] || found_wheel=$(wheel)
    if [[ -n $found_wheel ]]; then
        export LIBTORCH=$found_wheel
        say "libtorch with CUDA: the one of PyTorch in $LIBTORCH."
    elif has_gpu && [[ -z ${LIBTORCH:-} ]]; then
        say "the GPU stays unused: Debian's libtorch knows only the CPU. LIBTORCH may name a libtorch with CUDA."
    fi
}

wheel() {
    local folder
    folder=$(python3 -c 'import importlib.util as u; s = u.find_spec("torch"); print(s.submodule_search_locations[0] if s else "")' \
        2>/dev/null) || return 0
    [[ ! -f $folder/lib/libtorch_cuda.so ]] || printf '%s' "$folder"
}
