# bash completion for offhookctl(1)                         -*- shell-script -*-
# SPDX-License-Identifier: LGPL-2.1-or-later

# The first word that is no option, nor the value of one.
_offhookctl_verb()
{
    local i skip=0
    for ((i = 1; i < COMP_CWORD; i++)); do
        if ((skip)); then
            skip=0
            continue
        fi
        case ${COMP_WORDS[i]} in
            -a | --address | -t | --timeout | --color) skip=1 ;;
            -* | =) ;;
            *)
                echo "${COMP_WORDS[i]}"
                return
                ;;
        esac
    done
}

_offhookctl_lines()
{
    local i address=()
    for ((i = 1; i + 1 < COMP_CWORD; i++)); do
        case ${COMP_WORDS[i]} in
            -a | --address) address=(--address "${COMP_WORDS[i + 1]}") ;;
        esac
    done
    "${COMP_WORDS[0]}" --timeout 1 "${address[@]}" list --ids 2>/dev/null
}

_offhookctl()
{
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
    local options='--json --address --timeout --color --no-colour --help'
    local kinds='new-call call-state call-info ringing line-state health digit tone gather generate ussd'
    local verb words='' line
    verb=$(_offhookctl_verb)
    COMPREPLY=()

    case $prev in
        --color) words='auto always never' ;;
        --driver) words='v253 cellular' ;;
        -e | --events)
            # a list: what stands before the last comma is kept
            local done=''
            [[ $cur == *,* ]] && done=${cur%,*},
            mapfile -t COMPREPLY < <(compgen -P "$done" -W "$kinds" -- "${cur##*,}")
            return
            ;;
        -a | --address | -t | --timeout | -n | --count | --alias | --ring-timeout | --duration | --after | --terminators | \
            --first-timeout | --digit-timeout) return ;;
    esac
    if [[ -n $words ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
        return
    fi

    if [[ $cur == -* ]]; then
        case $verb in
            '') options+=' --version' ;;
            list) options+=' --ids' ;;
            monitor) options+=' --count --events --digits' ;;
            answer) options+=' --hold --release' ;;
            dial) options+=' --wait --hide-number --show-number' ;;
            digits) options+=' --duration --stop' ;;
            gather) options+=' --count --terminators --first-timeout --digit-timeout' ;;
            tone) options+=' --duration' ;;
            hangup) options+=' --all' ;;
            ussd) options+=' --cancel' ;;
            forwarding) options+=' --after --off' ;;
            add) options+=' --alias --driver --ring-timeout' ;;
            claim) options+=' --driver --anyway --list' ;;
        esac
        mapfile -t COMPREPLY < <(compgen -W "$options" -- "$cur")
        return
    fi

    case $verb in
        '')
            words='list show monitor dial answer hangup ignore digits gather tone hold unhold swap merge split transfer
                deflect pin puk ussd forwarding call-waiting identity flash gains route handles add remove ports claim
                unclaim'
            mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
            ;;
        add | claim | unclaim) mapfile -t COMPREPLY < <(compgen -f -- "${cur:-/dev/tty}") ;;
        show | monitor | dial | answer | hangup | ignore | digits | gather | tone | hold | unhold | swap | merge | \
            split | transfer | deflect | pin | puk | ussd | forwarding | call-waiting | identity | flash | gains | \
            route | handles | remove)
            case $verb in
                forwarding) words='unconditional busy no-reply not-reachable all all-conditional' ;;
                call-waiting) words='on off' ;;
            esac
            mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
            while IFS= read -r line; do
                [[ $line == "$cur"* ]] && COMPREPLY+=("$(printf '%q' "$line")")
            done < <(_offhookctl_lines)
            ;;
    esac
}

complete -F _offhookctl offhookctl
