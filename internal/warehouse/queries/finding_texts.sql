SELECT left_says, left_value, right_says, right_value, about
FROM findings
