# Installs what is missing, chooses the package provider and builds. Sourced by ./lab when something has changed.
# shellcheck source=lib/PeftLabs.Cli/Script/progress.sh
. "$script/progress.sh"
# shellcheck source=lib/PeftLabs.Cli/Script/provider.sh
. "$script/provider.sh"

plotly_version=4.1.1
apt_install='apt-get install -y --no-install-recommends'

do_build() {
    prepare "${1:-}"
    build_lab
    unlock
}

do_setup() {
    local images='' wish=$1
    shift
    while (($#)); do
        case $1 in
            --images) images=yes ;;
            --provider) wish=${2:-}; check_provider "$wish"; shift ;;
            --provider=*) wish=${1#*=}; check_provider "$wish" ;;
            *) die 2 "setup knows no '$1': only --images and --provider." ;;
        esac
        shift
    done
    prepare "$wish" "$images"
    build_lab
    unlock
    say "ready: .NET $(sdk), provider $PackageProvider, $(chromium_path >/dev/null && echo with || echo without) Chromium."
}

do_test() {
    # shellcheck source=lib/PeftLabs.Cli/Script/gate.sh
    . "$script/gate.sh"
    gate "$@"
}

# prepare WISH [IMAGES]: everything that a build and a run need.
prepare() {
    lock
    read_choice # whoever held the lock may have chosen
    check_sdk
    choose_provider "$1"
    install_packages "${2:-}"
    install_plotly
}

sdk() { (dotnet --list-sdks 2>/dev/null || true) | sort -V | sed -n '$s/ .*//p'; }

check_sdk() {
    local newest
    newest=$(sdk)
    ((${newest%%.*} + 0 >= 10)) 2>/dev/null ||
        die 3 "the .NET 10 SDK is missing; what dotnet finds is ${newest:-no SDK at all}." \
            "Install it from https://dotnet.microsoft.com/download/dotnet/10.0, then run ./lab again."
}

# no_network SOURCE WHAT [ADVICE…]: the one sentence for every source that cannot be reached.
no_network() {
    local source=$1 what=$2
    shift 2
    die 3 "no network: $source could not be reached, so $what could not be had." "$@"
}

chromium_path() {
    local name
    for name in chromium chromium-browser google-chrome google-chrome-stable; do
        command -v "$name" && return
    done
    return 1
}

# The Debian packages that are missing here, a line each.
missing_packages() {
    if [[ $PackageProvider == local ]]; then
        if [[ -n ${LIBTORCH:-} ]]; then
            [[ -f $LIBTORCH/lib/libtorch_cpu.so ]] || compgen -G "$LIBTORCH/lib/*/libtorch_cpu.so" >/dev/null ||
                die 3 "LIBTORCH names $LIBTORCH, which holds no lib/libtorch_cpu.so: give the folder of a libtorch, or unset it."
            [[ -f $LIBTORCH/include/torch/csrc/autograd/function.h ]] ||
                die 3 "LIBTORCH names $LIBTORCH, whose headers are missing (include/torch/csrc): give a libtorch with its headers, or unset it."
        else
            installed libtorch-dev || echo libtorch-dev
            installed libopenblas0-pthread || installed libopenblas0-openmp || echo libopenblas0-pthread
        fi
        command -v "${CXX:-g++}" >/dev/null || echo g++
    fi
    [[ -f $plotly ]] || command -v npm >/dev/null || echo npm
    [[ -z $1 ]] || chromium_path >/dev/null || echo chromium
}

installed() { [[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) == installed ]]; }

install_packages() {
    local missing
    missing=$(missing_packages "$1")
    if [[ -n $missing ]]; then
        apt "$(echo $missing)"
    elif [[ ! -f $stamp ]] && ! chromium_path >/dev/null; then
        say "note: no Chromium here, so figures get no PNG copies; ./lab setup --images installs it."
    fi
}

# apt PACKAGES: installs Debian packages, or says exactly how.
apt() {
    local packages=$1 command="$apt_install $1"
    command -v apt-get >/dev/null || die 3 "missing: $packages, and there is no apt-get to install them with." \
        "Install their like with this system's own tools; for libtorch, LIBTORCH may name an unpacked one or a PyTorch wheel's torch folder."
    if [[ $(id -u) != 0 ]]; then
        have_lists || command="apt-get update && sudo $command"
        die 3 "missing: $packages$(why_packages)." "Only root may install that; run this, then ./lab again:" "  sudo $command"
    fi
    export DEBIAN_FRONTEND=noninteractive
    have_lists || update_lists "$packages"
    # shellcheck disable=SC2086
    step "installing $packages$(why_packages)" $command && return
    update_lists "$packages"
    # shellcheck disable=SC2086
    step "installing $packages again, with fresh lists" $command && return
    ! apt_unreachable || no_network "Debian's package source (apt)" "$packages"
    ! log_says 'Unable to locate package|has no installation candidate' ||
        die 3 "Debian's package source has no $(sed -nE "s/.*(Unable to locate package|Package) '?([a-z0-9.+-]+)'?.*/\2/p" "$log" | paste -sd' ' -)." \
            "For libtorch, LIBTORCH may name an unpacked one or a PyTorch wheel's torch folder."
    show_log
    die 1 "$command failed (above)."
}

why_packages() { [[ $PackageProvider != local || -n ${LIBTORCH:-} ]] || printf ' (the local TorchSharp binds the libtorch of this system)'; }
have_lists() { compgen -G '/var/lib/apt/lists/*_Packages*' >/dev/null; }
apt_unreachable() { log_says 'Temporary failure resolving|Could not (resolve|connect)|Network is unreachable|Connection (timed out|refused)|Failed to fetch'; }

# apt-get update succeeds with warnings where it reaches nothing.
update_lists() {
    step "reading Debian's package lists" apt-get update || true
    ! apt_unreachable || no_network "Debian's package source (apt)" "$1"
}

# npm's plotly.js draws the figures: fetched, never copied into the repository.
install_plotly() {
    [[ ! -f $plotly ]] || return 0
    local package=plotly.js-basic-dist-min@$plotly_version
    if step "fetching plotly.js $plotly_version, which draws the figures" npm install --prefix "$artifacts" --no-save --no-package-lock \
        --no-audit --no-fund --ignore-scripts --loglevel=error "$package" && [[ -f $plotly ]]; then
        return
    fi
    ! log_says 'ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH' || no_network "npm's registry" "$package"
    ! log_says 'E404|ETARGET' || die 3 "npm's registry has no $package."
    show_log
    die 1 "npm could not install $package (above)."
}

build_lab() {
    local sources
    ! up_to_date || return 0
    sources=$(sources)
    step "building the kit (provider $PackageProvider)" dotnet build "$root/lib/PeftLabs.Cli/PeftLabs.Cli.csproj" -c Release -v q || build_failed
    printf '%s\n' "$sources" "$(outputs)" >"$stamp"
}

build_failed() {
    rm -f "$stamp"
    ! log_says "$unreachable" || no_network "NuGet's package source" "the packages that the kit builds on"
    ! log_says 'NU1101|NU1102' || die 3 "the NuGet package source lacks $(log_packages "a package that the kit builds on")."
    grep -E ': (error|warning) ' "$log" | sort -u | head -n 30 >&2 || show_log
    die 1 "the build failed (above; all of it in ${log#"$root"/})."
}
