# Prints the command of help.txt that is nearest to `word` by edits (at most half of its letters), or nothing.
function edits(a, b,    i, j, row, corner, above) {
    for (j = 0; j <= length(b); j++) row[j] = j
    for (i = 1; i <= length(a); i++) {
        corner = row[0]; row[0] = i
        for (j = 1; j <= length(b); j++) {
            above = row[j]
            if (substr(a, i, 1) != substr(b, j, 1)) {
                if (row[j] < corner) corner = row[j]
                if (row[j - 1] < corner) corner = row[j - 1]
                corner++
            }
            row[j] = corner; corner = above
        }
    }
    return row[length(b)]
}
/^  [a-z]/ {
    distance = edits(word, $1)
    if (distance <= length($1) / 2 && (best == "" || distance < least)) { best = $1; least = distance }
}
END { print best }
